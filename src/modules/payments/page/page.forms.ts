import type { Guest } from '../../../platform/pages/sheet.ts'
import type { NextAction } from '../../../ports/payments.ts'

/** Forms of providers that stand on the pay page: their own script shows them in a frame, and what is typed there goes to them alone. */

/** Stripe's Payment Element. What came of the payment is asked for when its payer comes back; this script decides nothing. */
const STRIPE = `(function(){
var form=document.getElementById('guest'),button=document.getElementById('pay'),fault=document.getElementById('fault'),d=form.dataset
function say(text){fault.textContent=text||d.failed;fault.hidden=false;button.disabled=false}
if(!window.Stripe){say();button.hidden=true;return}
var stripe=Stripe(d.key,d.account?{stripeAccount:d.account,locale:document.documentElement.lang}:{locale:document.documentElement.lang})
var elements=stripe.elements({clientSecret:d.secret}),element=elements.create('payment')
element.mount('#fields')
element.on('ready',function(){button.disabled=false})
element.on('loaderror',function(e){say(e.error&&e.error.message)})
form.addEventListener('submit',function(e){e.preventDefault();fault.hidden=true;button.disabled=true
stripe.confirmPayment({elements:elements,redirect:'if_required',confirmParams:{return_url:new URL(d.back,location.href).href}}).then(function(r){
if(r.error)say(r.error.message);else location.href=d.back},function(){say()})})
})()`

const forms: Readonly<Record<string, { readonly script: string; readonly guest: Guest }>> = {
  stripe: {
    script: STRIPE,
    guest: {
      script: 'https://js.stripe.com/v3/',
      frames: ['https://js.stripe.com', 'https://hooks.stripe.com'],
      connects: ['https://api.stripe.com'],
    },
  },
}

/** What a page needs to show the form of a provider; null for a provider without one. */
export const formOf = ({ provider }: Extract<NextAction, { kind: 'form' }>) => forms[provider] ?? null
