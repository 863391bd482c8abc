import type { LanguageWords } from './system-templates.data.ts'

/** The texts of our own mails in the other languages that documents are printed in. */

const es: LanguageWords = {
  greeting: 'Hola, {{ contact_name }}:',
  farewell: 'Un cordial saludo',
  facts: {
    quote_number: 'Presupuesto',
    invoice_number: 'Factura',
    credit_note_number: 'Factura rectificativa',
    document_number: 'Pedido',
    document_id: 'Factura recibida',
    company_name: 'De',
    issue_date: 'Fecha',
    expiry_date: 'Válido hasta',
    due_date: 'Vence el',
    discount_date: 'Descuento hasta',
    total_amount: 'Total',
    amount_due: 'Importe pendiente',
    amount_due_with_discount: 'Con descuento',
  },
  mails: {
    receivables_quote: {
      subject: 'Presupuesto {{ quote_number }} de {{ entity_name }}',
      text: [
        'Gracias por su interés. Encontrará nuestro presupuesto adjunto a este mensaje.',
        '¿Falta algo o desea algún cambio? Responda a este mensaje y lo adaptaremos con gusto.',
      ],
      button: 'Ver el presupuesto',
    },
    receivables_invoice: {
      subject: 'Factura {{ invoice_number }} de {{ entity_name }}',
      text: [
        'Gracias por su pedido. Encontrará nuestra factura adjunta a este mensaje{% if due_date %}; le rogamos que la abone antes del {{ due_date }}{% endif %}.',
        'Si tiene alguna duda, responda a este mensaje.',
      ],
      button: 'Pagar la factura',
    },
    receivables_paid_invoice: {
      subject: 'Hemos recibido su pago de la factura {{ invoice_number }}',
      text: ['Gracias: hemos recibido su pago y la factura está saldada. No tiene que hacer nada más.'],
      button: 'Ver la factura',
    },
    receivables_credit_note: {
      subject: 'Factura rectificativa {{ credit_note_number }} de {{ entity_name }}',
      text: ['Encontrará nuestra factura rectificativa adjunta a este mensaje. No tiene que hacer nada más.'],
      button: 'Ver la factura rectificativa',
    },
    receivables_discount_reminder: {
      subject:
        'Factura {{ invoice_number }}: su descuento termina{% if discount_date %} el {{ discount_date }}{% else %} pronto{% endif %}',
      text: [
        'Todavía puede ahorrar: pague {{ amount_due_with_discount }} en lugar de {{ amount_due }}{% if discount_date %} hasta el {{ discount_date }}{% endif %}.',
        'Si ya ha realizado el pago, no tenga en cuenta este mensaje.',
      ],
      button: 'Pagar con descuento',
    },
    receivables_final_reminder: {
      subject: 'Recordatorio: factura {{ invoice_number }} de {{ entity_name }}',
      text: [
        'Le recordamos nuestra factura {{ invoice_number }}{% if due_date %}, con vencimiento el {{ due_date }}{% endif %}. Aún no nos consta el pago completo.',
        'Si ya ha realizado el pago, no tenga en cuenta este mensaje. Si algo le impide pagar, póngase en contacto con nosotros.',
      ],
      button: 'Pagar la factura',
    },
    payables_purchase_order: {
      subject: 'Pedido {{ document_number }} de {{ entity_name }}',
      text: [
        'Encontrará nuestro pedido adjunto a este mensaje. Le rogamos que lo confirme y nos indique cuándo podemos esperar la entrega.',
        'Indique el número de pedido en su albarán y en su factura.',
      ],
    },
    payables_notify_approver: {
      subject: 'Para su aprobación: {{ total_amount }} a {{ company_name }}',
      text: ['Una factura de {{ company_name }} espera su decisión.'],
      button: 'Revisar la factura',
    },
    payables_notify_payer: {
      subject: 'Lista para pagar: {{ total_amount }} a {{ company_name }}',
      text: ['Una factura de {{ company_name }} se ha aprobado y puede pagarse.'],
      button: 'Ir al pago',
    },
  },
}

const pt: LanguageWords = {
  greeting: 'Olá, {{ contact_name }},',
  farewell: 'Com os melhores cumprimentos',
  facts: {
    quote_number: 'Orçamento',
    invoice_number: 'Fatura',
    credit_note_number: 'Nota de crédito',
    document_number: 'Nota de encomenda',
    document_id: 'Fatura recebida',
    company_name: 'De',
    issue_date: 'Data',
    expiry_date: 'Válido até',
    due_date: 'Vence em',
    discount_date: 'Desconto até',
    total_amount: 'Total',
    amount_due: 'Valor em dívida',
    amount_due_with_discount: 'Com desconto',
  },
  mails: {
    receivables_quote: {
      subject: 'Orçamento {{ quote_number }} de {{ entity_name }}',
      text: [
        'Agradecemos o seu interesse. O nosso orçamento segue em anexo.',
        'Falta alguma coisa ou deseja alterar algo? Responda a esta mensagem e ajustamos o orçamento.',
      ],
      button: 'Ver o orçamento',
    },
    receivables_invoice: {
      subject: 'Fatura {{ invoice_number }} de {{ entity_name }}',
      text: [
        'Agradecemos a sua encomenda. A nossa fatura segue em anexo{% if due_date %}; pedimos que a pague até {{ due_date }}{% endif %}.',
        'Se tiver alguma dúvida, responda a esta mensagem.',
      ],
      button: 'Pagar a fatura',
    },
    receivables_paid_invoice: {
      subject: 'Recebemos o seu pagamento da fatura {{ invoice_number }}',
      text: ['Obrigado: o seu pagamento chegou e a fatura está liquidada. Não precisa de fazer mais nada.'],
      button: 'Ver a fatura',
    },
    receivables_credit_note: {
      subject: 'Nota de crédito {{ credit_note_number }} de {{ entity_name }}',
      text: ['A nossa nota de crédito segue em anexo. Não precisa de fazer nada.'],
      button: 'Ver a nota de crédito',
    },
    receivables_discount_reminder: {
      subject:
        'Fatura {{ invoice_number }}: o seu desconto termina{% if discount_date %} em {{ discount_date }}{% else %} em breve{% endif %}',
      text: [
        'Ainda pode poupar: pague {{ amount_due_with_discount }} em vez de {{ amount_due }}{% if discount_date %} até {{ discount_date }}{% endif %}.',
        'Se o pagamento já foi feito, ignore esta mensagem.',
      ],
      button: 'Pagar com desconto',
    },
    receivables_final_reminder: {
      subject: 'Lembrete: fatura {{ invoice_number }} de {{ entity_name }}',
      text: [
        'Recordamos a nossa fatura {{ invoice_number }}{% if due_date %}, com vencimento em {{ due_date }}{% endif %}. Ainda não registámos o pagamento completo.',
        'Se o pagamento já foi feito, ignore esta mensagem. Se algo o impede de pagar, contacte-nos.',
      ],
      button: 'Pagar a fatura',
    },
    payables_purchase_order: {
      subject: 'Nota de encomenda {{ document_number }} de {{ entity_name }}',
      text: [
        'A nossa nota de encomenda segue em anexo. Pedimos que a confirme e nos diga quando podemos esperar a entrega.',
        'Indique o número da encomenda na guia de remessa e na fatura.',
      ],
    },
    payables_notify_approver: {
      subject: 'Para sua aprovação: {{ total_amount }} a {{ company_name }}',
      text: ['Uma fatura de {{ company_name }} aguarda a sua decisão.'],
      button: 'Analisar a fatura',
    },
    payables_notify_payer: {
      subject: 'Pronta a pagar: {{ total_amount }} a {{ company_name }}',
      text: ['Uma fatura de {{ company_name }} foi aprovada e pode ser paga.'],
      button: 'Ir para o pagamento',
    },
  },
}

const it: LanguageWords = {
  greeting: 'Buongiorno {{ contact_name }},',
  farewell: 'Cordiali saluti',
  facts: {
    quote_number: 'Preventivo',
    invoice_number: 'Fattura',
    credit_note_number: 'Nota di credito',
    document_number: 'Ordine di acquisto',
    document_id: 'Fattura ricevuta',
    company_name: 'Da',
    issue_date: 'Data',
    expiry_date: 'Valido fino al',
    due_date: 'Scadenza',
    discount_date: 'Sconto fino al',
    total_amount: 'Totale',
    amount_due: 'Importo dovuto',
    amount_due_with_discount: 'Con lo sconto',
  },
  mails: {
    receivables_quote: {
      subject: 'Preventivo {{ quote_number }} di {{ entity_name }}',
      text: [
        'Grazie per il Suo interesse. Trova il nostro preventivo in allegato.',
        'Manca qualcosa o desidera una modifica? Risponda a questo messaggio e lo adatteremo volentieri.',
      ],
      button: 'Vedere il preventivo',
    },
    receivables_invoice: {
      subject: 'Fattura {{ invoice_number }} di {{ entity_name }}',
      text: [
        'Grazie per il Suo ordine. Trova la nostra fattura in allegato{% if due_date %}; La preghiamo di pagarla entro il {{ due_date }}{% endif %}.',
        'Per qualsiasi domanda risponda a questo messaggio.',
      ],
      button: 'Pagare la fattura',
    },
    receivables_paid_invoice: {
      subject: 'Abbiamo ricevuto il Suo pagamento della fattura {{ invoice_number }}',
      text: ['Grazie: il Suo pagamento è arrivato e la fattura è saldata. Non deve fare altro.'],
      button: 'Vedere la fattura',
    },
    receivables_credit_note: {
      subject: 'Nota di credito {{ credit_note_number }} di {{ entity_name }}',
      text: ['Trova la nostra nota di credito in allegato. Non deve fare nulla.'],
      button: 'Vedere la nota di credito',
    },
    receivables_discount_reminder: {
      subject:
        'Fattura {{ invoice_number }}: il Suo sconto scade{% if discount_date %} il {{ discount_date }}{% else %} a breve{% endif %}',
      text: [
        'Può ancora risparmiare: paghi {{ amount_due_with_discount }} invece di {{ amount_due }}{% if discount_date %} entro il {{ discount_date }}{% endif %}.',
        'Se ha già pagato, non tenga conto di questo messaggio.',
      ],
      button: 'Pagare con lo sconto',
    },
    receivables_final_reminder: {
      subject: 'Promemoria: fattura {{ invoice_number }} di {{ entity_name }}',
      text: [
        'Le ricordiamo la nostra fattura {{ invoice_number }}{% if due_date %}, con scadenza il {{ due_date }}{% endif %}. Non ci risulta ancora il pagamento completo.',
        'Se ha già pagato, non tenga conto di questo messaggio. Se qualcosa Le impedisce di pagare, ci contatti.',
      ],
      button: 'Pagare la fattura',
    },
    payables_purchase_order: {
      subject: 'Ordine di acquisto {{ document_number }} di {{ entity_name }}',
      text: [
        'Trova il nostro ordine di acquisto in allegato. La preghiamo di confermarlo e di indicarci la data di consegna prevista.',
        'Indichi il numero dell’ordine sul documento di trasporto e sulla fattura.',
      ],
    },
    payables_notify_approver: {
      subject: 'Da approvare: {{ total_amount }} a {{ company_name }}',
      text: ['Una fattura di {{ company_name }} attende la Sua decisione.'],
      button: 'Esaminare la fattura',
    },
    payables_notify_payer: {
      subject: 'Pronta per il pagamento: {{ total_amount }} a {{ company_name }}',
      text: ['Una fattura di {{ company_name }} è stata approvata e può essere pagata.'],
      button: 'Andare al pagamento',
    },
  },
}

const pl: LanguageWords = {
  greeting: 'Dzień dobry {{ contact_name }},',
  farewell: 'Z poważaniem',
  facts: {
    quote_number: 'Oferta',
    invoice_number: 'Faktura',
    credit_note_number: 'Faktura korygująca',
    document_number: 'Zamówienie',
    document_id: 'Faktura zakupu',
    company_name: 'Od',
    issue_date: 'Data',
    expiry_date: 'Ważna do',
    due_date: 'Termin płatności',
    discount_date: 'Rabat do',
    total_amount: 'Razem',
    amount_due: 'Do zapłaty',
    amount_due_with_discount: 'Z rabatem',
  },
  mails: {
    receivables_quote: {
      subject: 'Oferta {{ quote_number }} od {{ entity_name }}',
      text: [
        'dziękujemy za zainteresowanie. Nasza oferta znajduje się w załączniku.',
        'Czegoś brakuje albo coś ma być inaczej? Prosimy odpowiedzieć na tę wiadomość, chętnie ją dostosujemy.',
      ],
      button: 'Zobacz ofertę',
    },
    receivables_invoice: {
      subject: 'Faktura {{ invoice_number }} od {{ entity_name }}',
      text: [
        'dziękujemy za zamówienie. Nasza faktura znajduje się w załączniku{% if due_date %}; prosimy o zapłatę do {{ due_date }}{% endif %}.',
        'W razie pytań prosimy odpowiedzieć na tę wiadomość.',
      ],
      button: 'Zapłać fakturę',
    },
    receivables_paid_invoice: {
      subject: 'Otrzymaliśmy płatność za fakturę {{ invoice_number }}',
      text: ['dziękujemy: płatność dotarła i faktura jest rozliczona. Nic więcej nie trzeba robić.'],
      button: 'Zobacz fakturę',
    },
    receivables_credit_note: {
      subject: 'Faktura korygująca {{ credit_note_number }} od {{ entity_name }}',
      text: ['nasza faktura korygująca znajduje się w załączniku. Nic nie trzeba robić.'],
      button: 'Zobacz fakturę korygującą',
    },
    receivables_discount_reminder: {
      subject:
        'Faktura {{ invoice_number }}: rabat kończy się {% if discount_date %}{{ discount_date }}{% else %}wkrótce{% endif %}',
      text: [
        'jeszcze można zaoszczędzić: wystarczy zapłacić {{ amount_due_with_discount }} zamiast {{ amount_due }}{% if discount_date %} do {{ discount_date }}{% endif %}.',
        'Jeśli płatność jest już w drodze, prosimy zignorować tę wiadomość.',
      ],
      button: 'Zapłać z rabatem',
    },
    receivables_final_reminder: {
      subject: 'Przypomnienie: faktura {{ invoice_number }} od {{ entity_name }}',
      text: [
        'przypominamy o naszej fakturze {{ invoice_number }}{% if due_date %}, płatnej do {{ due_date }}{% endif %}. Nie odnotowaliśmy jeszcze pełnej zapłaty.',
        'Jeśli płatność jest już w drodze, prosimy zignorować tę wiadomość. Jeśli coś stoi na przeszkodzie, prosimy o kontakt.',
      ],
      button: 'Zapłać fakturę',
    },
    payables_purchase_order: {
      subject: 'Zamówienie {{ document_number }} od {{ entity_name }}',
      text: [
        'nasze zamówienie znajduje się w załączniku. Prosimy o jego potwierdzenie i podanie terminu dostawy.',
        'Prosimy podać numer zamówienia na dokumencie dostawy i na fakturze.',
      ],
    },
    payables_notify_approver: {
      subject: 'Do zatwierdzenia: {{ total_amount }} dla {{ company_name }}',
      text: ['faktura od {{ company_name }} czeka na decyzję.'],
      button: 'Sprawdź fakturę',
    },
    payables_notify_payer: {
      subject: 'Gotowa do zapłaty: {{ total_amount }} dla {{ company_name }}',
      text: ['faktura od {{ company_name }} została zatwierdzona i można ją zapłacić.'],
      button: 'Przejdź do płatności',
    },
  },
}

const ar: LanguageWords = {
  greeting: 'مرحبًا {{ contact_name }}،',
  farewell: 'مع أطيب التحيات',
  facts: {
    quote_number: 'عرض السعر',
    invoice_number: 'الفاتورة',
    credit_note_number: 'إشعار دائن',
    document_number: 'أمر الشراء',
    document_id: 'فاتورة المورّد',
    company_name: 'من',
    issue_date: 'التاريخ',
    expiry_date: 'صالح حتى',
    due_date: 'تاريخ الاستحقاق',
    discount_date: 'الخصم حتى',
    total_amount: 'الإجمالي',
    amount_due: 'المبلغ المستحق',
    amount_due_with_discount: 'مع الخصم',
  },
  mails: {
    receivables_quote: {
      subject: 'عرض السعر {{ quote_number }} من {{ entity_name }}',
      text: [
        'شكرًا على اهتمامكم. تجدون عرض السعر مرفقًا بهذه الرسالة.',
        'هل ينقص شيء أو ترغبون في تعديل؟ يكفي الرد على هذه الرسالة وسنعدّل العرض.',
      ],
      button: 'عرض التفاصيل',
    },
    receivables_invoice: {
      subject: 'الفاتورة {{ invoice_number }} من {{ entity_name }}',
      text: [
        'شكرًا على طلبكم. تجدون فاتورتنا مرفقة بهذه الرسالة{% if due_date %}؛ نرجو سدادها حتى {{ due_date }}{% endif %}.',
        'إذا كان لديكم أي سؤال فيكفي الرد على هذه الرسالة.',
      ],
      button: 'سداد الفاتورة',
    },
    receivables_paid_invoice: {
      subject: 'استلمنا دفعتكم عن الفاتورة {{ invoice_number }}',
      text: ['شكرًا: وصلت دفعتكم وسُدّدت الفاتورة. لا يلزم القيام بأي شيء آخر.'],
      button: 'عرض الفاتورة',
    },
    receivables_credit_note: {
      subject: 'إشعار دائن {{ credit_note_number }} من {{ entity_name }}',
      text: ['تجدون الإشعار الدائن مرفقًا بهذه الرسالة. لا يلزم القيام بأي شيء.'],
      button: 'عرض الإشعار الدائن',
    },
    receivables_discount_reminder: {
      subject:
        'الفاتورة {{ invoice_number }}: ينتهي خصمكم {% if discount_date %}في {{ discount_date }}{% else %}قريبًا{% endif %}',
      text: [
        'ما زال بإمكانكم التوفير: ادفعوا {{ amount_due_with_discount }} بدلًا من {{ amount_due }}{% if discount_date %} حتى {{ discount_date }}{% endif %}.',
        'إذا كانت دفعتكم في الطريق فنرجو تجاهل هذه الرسالة.',
      ],
      button: 'الدفع مع الخصم',
    },
    receivables_final_reminder: {
      subject: 'تذكير: الفاتورة {{ invoice_number }} من {{ entity_name }}',
      text: [
        'نذكّركم بفاتورتنا {{ invoice_number }}{% if due_date %} المستحقة في {{ due_date }}{% endif %}. لم نسجّل بعد سدادها بالكامل.',
        'إذا كانت دفعتكم في الطريق فنرجو تجاهل هذه الرسالة. وإذا حال شيء دون السداد فنرجو التواصل معنا.',
      ],
      button: 'سداد الفاتورة',
    },
    payables_purchase_order: {
      subject: 'أمر الشراء {{ document_number }} من {{ entity_name }}',
      text: [
        'تجدون أمر الشراء مرفقًا بهذه الرسالة. نرجو تأكيده وإبلاغنا بموعد التسليم المتوقع.',
        'نرجو ذكر رقم الأمر في إشعار التسليم وفي الفاتورة.',
      ],
    },
    payables_notify_approver: {
      subject: 'بانتظار موافقتكم: {{ total_amount }} إلى {{ company_name }}',
      text: ['فاتورة من {{ company_name }} تنتظر قراركم.'],
      button: 'مراجعة الفاتورة',
    },
    payables_notify_payer: {
      subject: 'جاهزة للدفع: {{ total_amount }} إلى {{ company_name }}',
      text: ['تمت الموافقة على فاتورة من {{ company_name }} ويمكن دفعها.'],
      button: 'الانتقال إلى الدفع',
    },
  },
}

const he: LanguageWords = {
  greeting: 'שלום {{ contact_name }},',
  farewell: 'בברכה',
  facts: {
    quote_number: 'הצעת מחיר',
    invoice_number: 'חשבונית',
    credit_note_number: 'הודעת זיכוי',
    document_number: 'הזמנת רכש',
    document_id: 'חשבונית ספק',
    company_name: 'מאת',
    issue_date: 'תאריך',
    expiry_date: 'בתוקף עד',
    due_date: 'לתשלום עד',
    discount_date: 'הנחה עד',
    total_amount: 'סה״כ',
    amount_due: 'יתרה לתשלום',
    amount_due_with_discount: 'עם ההנחה',
  },
  mails: {
    receivables_quote: {
      subject: 'הצעת מחיר {{ quote_number }} מאת {{ entity_name }}',
      text: [
        'תודה על ההתעניינות. הצעת המחיר שלנו מצורפת להודעה זו.',
        'חסר משהו, או שצריך לשנות? אפשר להשיב להודעה זו ונשמח להתאים את ההצעה.',
      ],
      button: 'להצעת המחיר',
    },
    receivables_invoice: {
      subject: 'חשבונית {{ invoice_number }} מאת {{ entity_name }}',
      text: [
        'תודה על ההזמנה. החשבונית שלנו מצורפת להודעה זו{% if due_date %}; נא לשלם אותה עד {{ due_date }}{% endif %}.',
        'לכל שאלה אפשר להשיב להודעה זו.',
      ],
      button: 'לתשלום החשבונית',
    },
    receivables_paid_invoice: {
      subject: 'התשלום עבור חשבונית {{ invoice_number }} התקבל',
      text: ['תודה: התשלום התקבל והחשבונית נפרעה. אין צורך בפעולה נוספת.'],
      button: 'לצפייה בחשבונית',
    },
    receivables_credit_note: {
      subject: 'הודעת זיכוי {{ credit_note_number }} מאת {{ entity_name }}',
      text: ['הודעת הזיכוי שלנו מצורפת להודעה זו. אין צורך בפעולה כלשהי.'],
      button: 'להודעת הזיכוי',
    },
    receivables_discount_reminder: {
      subject:
        'חשבונית {{ invoice_number }}: ההנחה מסתיימת {% if discount_date %}ב־{{ discount_date }}{% else %}בקרוב{% endif %}',
      text: [
        'עדיין אפשר לחסוך: {{ amount_due_with_discount }} במקום {{ amount_due }}{% if discount_date %} בתשלום עד {{ discount_date }}{% endif %}.',
        'אם התשלום כבר בדרך, נא להתעלם מהודעה זו.',
      ],
      button: 'לתשלום עם הנחה',
    },
    receivables_final_reminder: {
      subject: 'תזכורת: חשבונית {{ invoice_number }} מאת {{ entity_name }}',
      text: [
        'ברצוננו להזכיר את חשבונית {{ invoice_number }}{% if due_date %}, לתשלום עד {{ due_date }}{% endif %}. התשלום המלא עדיין לא התקבל.',
        'אם התשלום כבר בדרך, נא להתעלם מהודעה זו. אם משהו מונע את התשלום, נשמח שתפנו אלינו.',
      ],
      button: 'לתשלום החשבונית',
    },
    payables_purchase_order: {
      subject: 'הזמנת רכש {{ document_number }} מאת {{ entity_name }}',
      text: [
        'הזמנת הרכש שלנו מצורפת להודעה זו. נא לאשר אותה ולמסור לנו מתי צפויה האספקה.',
        'נא לציין את מספר ההזמנה בתעודת המשלוח ובחשבונית.',
      ],
    },
    payables_notify_approver: {
      subject: 'לאישורכם: {{ total_amount }} אל {{ company_name }}',
      text: ['חשבונית מאת {{ company_name }} ממתינה להחלטתכם.'],
      button: 'לבדיקת החשבונית',
    },
    payables_notify_payer: {
      subject: 'מוכנה לתשלום: {{ total_amount }} אל {{ company_name }}',
      text: ['חשבונית מאת {{ company_name }} אושרה וניתן לשלם אותה.'],
      button: 'לתשלום',
    },
  },
}

export const moreWords = { es, pt, it, pl, ar, he }
