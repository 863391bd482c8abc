/**
 * What a browser with scripts adds: numbers can be copied, a PDF that is still being drawn is waited for, a signature can be drawn, and
 * nothing is sent twice. Without it everything works, too.
 */
export const script = `
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)]
  if (navigator.clipboard) for (const button of all('button.copy')) {
    const words = button.textContent
    button.hidden = false
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(button.dataset.text)
      button.textContent = button.dataset.done
      setTimeout(() => { button.textContent = words }, 2000)
    })
  }
  for (const link of all('a[data-preparing]')) {
    const words = link.textContent
    link.addEventListener('click', async (event) => {
      event.preventDefault()
      if (link.ariaBusy === 'true') return
      link.ariaBusy = 'true'
      link.textContent = link.dataset.preparing
      for (let i = 0; i < 60; i++) {
        const answer = await fetch(link.href, { redirect: 'manual', cache: 'no-store', credentials: 'omit' }).catch(() => null)
        if (!answer || answer.type === 'opaqueredirect' || answer.status !== 202) break
        await new Promise((resolve) => setTimeout(resolve, 1000))
      }
      link.ariaBusy = 'false'
      link.textContent = words
      location.href = link.href
    })
  }
  for (const form of all('form')) form.addEventListener('submit', (event) => {
    if (event.defaultPrevented) return
    if (form.dataset.sent) return event.preventDefault()
    form.dataset.sent = '1'
    for (const button of all('.button', form)) button.ariaBusy = 'true'
  })
  addEventListener('pageshow', () => {
    for (const form of all('form[data-sent]')) { delete form.dataset.sent; for (const button of all('.button', form)) button.ariaBusy = 'false' }
  })
  const form = document.querySelector('form[data-signing]')
  if (!form) return
  const kinds = form.querySelector('.kinds'), drawing = form.querySelector('.drawing'), written = form.querySelector('.written')
  const pad = form.querySelector('canvas'), image = form.querySelector('[name=signature_image]'), fault = form.querySelector('.fault[data-drawing]')
  const pen = pad.getContext('2d')
  let last = null, drawn = false
  const drawn_chosen = () => form.elements.kind.value === 'drawn'
  function clear() {
    const box = pad.getBoundingClientRect(), scale = Math.min(2, devicePixelRatio || 1)
    pad.width = Math.round(box.width * scale); pad.height = Math.round(box.height * scale)
    pen.scale(scale, scale)
    pen.lineWidth = 2.4; pen.lineCap = pen.lineJoin = 'round'; pen.strokeStyle = '#14213d'
    drawn = false; last = null
  }
  function show() {
    drawing.hidden = !drawn_chosen()
    written.hidden = drawn_chosen() || !form.elements.full_name.value.trim()
    written.textContent = form.elements.full_name.value
    fault.hidden = true
    if (drawn_chosen() && !drawn) clear()
  }
  const at = (event) => { const box = pad.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top] }
  pad.addEventListener('pointerdown', (event) => {
    pad.setPointerCapture(event.pointerId)
    last = at(event)
    pen.beginPath(); pen.arc(last[0], last[1], 1.2, 0, 7); pen.fillStyle = '#14213d'; pen.fill()
    drawn = true; fault.hidden = true
  })
  pad.addEventListener('pointermove', (event) => {
    if (!last) return
    const steps = event.getCoalescedEvents ? event.getCoalescedEvents() : [event]
    for (const step of steps.length ? steps : [event]) {
      const next = at(step)
      pen.beginPath(); pen.moveTo(last[0], last[1]); pen.lineTo(next[0], next[1]); pen.stroke()
      last = next
    }
  })
  for (const end of ['pointerup', 'pointercancel']) pad.addEventListener(end, () => { last = null })
  form.querySelector('.clear').addEventListener('click', clear)
  form.addEventListener('input', show)
  form.addEventListener('submit', (event) => {
    image.value = ''
    if (!drawn_chosen()) return
    if (!drawn) { event.preventDefault(); fault.hidden = false; pad.focus(); return }
    image.value = pad.toDataURL('image/png')
  }, true)
  kinds.hidden = false
  show()
})()
`
