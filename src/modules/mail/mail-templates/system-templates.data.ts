import type { MailType } from './mail-templates.schema.ts'

/** The texts of the mails we write ourselves. What stands in double braces is filled in; see docs/mail.md for the names. */

/** One mail: its subject, what it says when nobody wrote a text of their own, and the words on its button. */
export interface MailWords {
  readonly subject: string
  readonly text: readonly string[]
  readonly button?: string
}
export type FactName =
  | 'quote_number'
  | 'invoice_number'
  | 'credit_note_number'
  | 'document_number'
  | 'document_id'
  | 'company_name'
  | 'issue_date'
  | 'expiry_date'
  | 'due_date'
  | 'discount_date'
  | 'total_amount'
  | 'amount_due'
  | 'amount_due_with_discount'
export type LinkName = 'quote_link' | 'payment_link' | 'invoice_link' | 'credit_note_link' | 'approve_link' | 'pay_link'

export interface LanguageWords {
  readonly greeting: string
  readonly farewell: string
  readonly facts: Readonly<Record<FactName, string>>
  readonly mails: Readonly<Record<MailType, MailWords>>
}

/** What follows the text of a mail in every language: the facts, and where its button leads. */
export const mailParts: Readonly<Record<MailType, { readonly facts: readonly FactName[]; readonly link: LinkName | null }>> = {
  receivables_quote: { facts: ['quote_number', 'issue_date', 'expiry_date', 'total_amount'], link: 'quote_link' },
  receivables_invoice: { facts: ['invoice_number', 'issue_date', 'due_date', 'amount_due'], link: 'payment_link' },
  receivables_paid_invoice: { facts: ['invoice_number', 'issue_date', 'total_amount'], link: 'invoice_link' },
  receivables_credit_note: {
    facts: ['credit_note_number', 'invoice_number', 'issue_date', 'total_amount'],
    link: 'credit_note_link',
  },
  receivables_discount_reminder: {
    facts: ['invoice_number', 'discount_date', 'amount_due_with_discount', 'due_date', 'amount_due'],
    link: 'payment_link',
  },
  receivables_final_reminder: { facts: ['invoice_number', 'issue_date', 'due_date', 'amount_due'], link: 'payment_link' },
  payables_purchase_order: { facts: ['document_number', 'issue_date', 'total_amount'], link: null },
  payables_notify_approver: { facts: ['company_name', 'document_id', 'due_date', 'total_amount'], link: 'approve_link' },
  payables_notify_payer: { facts: ['company_name', 'document_id', 'due_date', 'total_amount'], link: 'pay_link' },
}

const en: LanguageWords = {
  greeting: 'Hello {{ contact_name }},',
  farewell: 'Kind regards',
  facts: {
    quote_number: 'Quote',
    invoice_number: 'Invoice',
    credit_note_number: 'Credit note',
    document_number: 'Purchase order',
    document_id: 'Bill',
    company_name: 'From',
    issue_date: 'Date',
    expiry_date: 'Valid until',
    due_date: 'Due on',
    discount_date: 'Discount until',
    total_amount: 'Total',
    amount_due: 'Amount due',
    amount_due_with_discount: 'With discount',
  },
  mails: {
    receivables_quote: {
      subject: 'Quote {{ quote_number }} from {{ entity_name }}',
      text: [
        'Thank you for your interest. Our quote is attached to this message.',
        'Is something missing, or should it be different? Just reply, and we will adjust it.',
      ],
      button: 'View the quote',
    },
    receivables_invoice: {
      subject: 'Invoice {{ invoice_number }} from {{ entity_name }}',
      text: [
        'Thank you for your order. Our invoice is attached to this message{% if due_date %}; please pay it by {{ due_date }}{% endif %}.',
        'If anything about it is unclear, just reply to this message.',
      ],
      button: 'Pay the invoice',
    },
    receivables_paid_invoice: {
      subject: 'We have received your payment for invoice {{ invoice_number }}',
      text: ['Thank you: your payment has arrived, and the invoice is settled. There is nothing left for you to do.'],
      button: 'View the invoice',
    },
    receivables_credit_note: {
      subject: 'Credit note {{ credit_note_number }} from {{ entity_name }}',
      text: ['Our credit note is attached to this message. There is nothing you need to do.'],
      button: 'View the credit note',
    },
    receivables_discount_reminder: {
      subject:
        'Invoice {{ invoice_number }}: your discount ends{% if discount_date %} on {{ discount_date }}{% else %} soon{% endif %}',
      text: [
        'There is still time to save: pay {{ amount_due_with_discount }} instead of {{ amount_due }}{% if discount_date %} by {{ discount_date }}{% endif %}.',
        'If your payment is already on its way, please disregard this message.',
      ],
      button: 'Pay with the discount',
    },
    receivables_final_reminder: {
      subject: 'Reminder: invoice {{ invoice_number }} from {{ entity_name }}',
      text: [
        'A short reminder of our invoice {{ invoice_number }}{% if due_date %}, due on {{ due_date }}{% endif %}. We have not recorded your full payment yet.',
        'If it is already on its way, please disregard this message. If something keeps you from paying, let us know.',
      ],
      button: 'Pay the invoice',
    },
    payables_purchase_order: {
      subject: 'Purchase order {{ document_number }} from {{ entity_name }}',
      text: [
        'Our purchase order is attached to this message. Please confirm it, and tell us when we can expect the delivery.',
        'Kindly state the number of the order on your delivery note and your invoice.',
      ],
    },
    payables_notify_approver: {
      subject: 'For your approval: {{ total_amount }} to {{ company_name }}',
      text: ['A bill from {{ company_name }} is waiting for your decision.'],
      button: 'Review the bill',
    },
    payables_notify_payer: {
      subject: 'Ready to be paid: {{ total_amount }} to {{ company_name }}',
      text: ['A bill from {{ company_name }} has been approved and can be paid.'],
      button: 'Go to the payment',
    },
  },
}

const de: LanguageWords = {
  greeting: 'Guten Tag {{ contact_name }},',
  farewell: 'Mit freundlichen Grüßen',
  facts: {
    quote_number: 'Angebot',
    invoice_number: 'Rechnung',
    credit_note_number: 'Gutschrift',
    document_number: 'Bestellung',
    document_id: 'Eingangsrechnung',
    company_name: 'Von',
    issue_date: 'Datum',
    expiry_date: 'Gültig bis',
    due_date: 'Fällig am',
    discount_date: 'Skonto bis',
    total_amount: 'Gesamtbetrag',
    amount_due: 'Offener Betrag',
    amount_due_with_discount: 'Mit Skonto',
  },
  mails: {
    receivables_quote: {
      subject: 'Angebot {{ quote_number }} von {{ entity_name }}',
      text: [
        'vielen Dank für Ihr Interesse. Unser Angebot finden Sie im Anhang.',
        'Fehlt etwas, oder soll etwas anders sein? Antworten Sie einfach auf diese Nachricht, wir passen es gern an.',
      ],
      button: 'Angebot ansehen',
    },
    receivables_invoice: {
      subject: 'Rechnung {{ invoice_number }} von {{ entity_name }}',
      text: [
        'vielen Dank für Ihren Auftrag. Im Anhang finden Sie unsere Rechnung{% if due_date %}; bitte begleichen Sie sie bis zum {{ due_date }}{% endif %}.',
        'Bei Fragen antworten Sie einfach auf diese Nachricht.',
      ],
      button: 'Rechnung bezahlen',
    },
    receivables_paid_invoice: {
      subject: 'Ihre Zahlung zur Rechnung {{ invoice_number }} ist eingegangen',
      text: ['vielen Dank: Ihre Zahlung ist eingegangen, die Rechnung ist damit beglichen. Sie müssen nichts weiter tun.'],
      button: 'Rechnung ansehen',
    },
    receivables_credit_note: {
      subject: 'Gutschrift {{ credit_note_number }} von {{ entity_name }}',
      text: ['im Anhang finden Sie unsere Gutschrift. Sie müssen nichts weiter tun.'],
      button: 'Gutschrift ansehen',
    },
    receivables_discount_reminder: {
      subject:
        'Rechnung {{ invoice_number }}: Skonto noch {% if discount_date %}bis {{ discount_date }}{% else %}für kurze Zeit{% endif %}',
      text: [
        'noch können Sie sparen: Zahlen Sie{% if discount_date %} bis zum {{ discount_date }}{% endif %} {{ amount_due_with_discount }} statt {{ amount_due }}.',
        'Falls Ihre Zahlung bereits unterwegs ist, betrachten Sie diese Nachricht bitte als gegenstandslos.',
      ],
      button: 'Mit Skonto bezahlen',
    },
    receivables_final_reminder: {
      subject: 'Erinnerung: Rechnung {{ invoice_number }} von {{ entity_name }}',
      text: [
        'wir möchten Sie an unsere Rechnung {{ invoice_number }}{% if due_date %}, fällig am {{ due_date }},{% endif %} erinnern. Bisher konnten wir keinen vollständigen Zahlungseingang feststellen.',
        'Falls Ihre Zahlung bereits unterwegs ist, betrachten Sie diese Nachricht bitte als gegenstandslos. Wenn etwas der Zahlung entgegensteht, melden Sie sich gern bei uns.',
      ],
      button: 'Rechnung bezahlen',
    },
    payables_purchase_order: {
      subject: 'Bestellung {{ document_number }} von {{ entity_name }}',
      text: [
        'im Anhang finden Sie unsere Bestellung. Bitte bestätigen Sie sie uns und nennen Sie uns den voraussichtlichen Liefertermin.',
        'Geben Sie die Bestellnummer bitte auf Lieferschein und Rechnung an.',
      ],
    },
    payables_notify_approver: {
      subject: 'Bitte freigeben: {{ total_amount }} an {{ company_name }}',
      text: ['eine Rechnung von {{ company_name }} wartet auf Ihre Entscheidung.'],
      button: 'Rechnung prüfen',
    },
    payables_notify_payer: {
      subject: 'Zur Zahlung bereit: {{ total_amount }} an {{ company_name }}',
      text: ['eine Rechnung von {{ company_name }} ist freigegeben und kann bezahlt werden.'],
      button: 'Zur Zahlung',
    },
  },
}

const fr: LanguageWords = {
  greeting: 'Bonjour {{ contact_name }},',
  farewell: 'Cordialement',
  facts: {
    quote_number: 'Devis',
    invoice_number: 'Facture',
    credit_note_number: 'Avoir',
    document_number: 'Bon de commande',
    document_id: 'Facture fournisseur',
    company_name: 'De',
    issue_date: 'Date',
    expiry_date: 'Valable jusqu’au',
    due_date: 'Échéance',
    discount_date: 'Escompte jusqu’au',
    total_amount: 'Total',
    amount_due: 'Montant dû',
    amount_due_with_discount: 'Avec escompte',
  },
  mails: {
    receivables_quote: {
      subject: 'Devis {{ quote_number }} de {{ entity_name }}',
      text: [
        'Nous vous remercions de votre intérêt. Vous trouverez notre devis en pièce jointe.',
        'Un point à compléter ou à modifier ? Répondez simplement à ce message, nous l’adapterons volontiers.',
      ],
      button: 'Voir le devis',
    },
    receivables_invoice: {
      subject: 'Facture {{ invoice_number }} de {{ entity_name }}',
      text: [
        'Nous vous remercions de votre commande. Vous trouverez notre facture en pièce jointe{% if due_date %} ; merci de la régler avant le {{ due_date }}{% endif %}.',
        'Pour toute question, répondez simplement à ce message.',
      ],
      button: 'Payer la facture',
    },
    receivables_paid_invoice: {
      subject: 'Nous avons bien reçu votre paiement de la facture {{ invoice_number }}',
      text: ['Merci : votre paiement nous est parvenu et la facture est soldée. Vous n’avez plus rien à faire.'],
      button: 'Voir la facture',
    },
    receivables_credit_note: {
      subject: 'Avoir {{ credit_note_number }} de {{ entity_name }}',
      text: ['Vous trouverez notre avoir en pièce jointe. Aucune démarche n’est nécessaire de votre part.'],
      button: 'Voir l’avoir',
    },
    receivables_discount_reminder: {
      subject:
        'Facture {{ invoice_number }} : votre escompte expire {% if discount_date %}le {{ discount_date }}{% else %}bientôt{% endif %}',
      text: [
        'Il est encore temps d’en profiter : réglez {{ amount_due_with_discount }} au lieu de {{ amount_due }}{% if discount_date %} jusqu’au {{ discount_date }}{% endif %}.',
        'Si votre paiement est déjà en cours, merci de ne pas tenir compte de ce message.',
      ],
      button: 'Payer avec l’escompte',
    },
    receivables_final_reminder: {
      subject: 'Rappel : facture {{ invoice_number }} de {{ entity_name }}',
      text: [
        'Nous nous permettons de vous rappeler notre facture {{ invoice_number }}{% if due_date %}, à échéance du {{ due_date }}{% endif %}. Sauf erreur, nous n’avons pas encore reçu son règlement complet.',
        'Si votre paiement est déjà en cours, merci de ne pas tenir compte de ce message. En cas de difficulté, n’hésitez pas à nous écrire.',
      ],
      button: 'Payer la facture',
    },
    payables_purchase_order: {
      subject: 'Bon de commande {{ document_number }} de {{ entity_name }}',
      text: [
        'Vous trouverez notre bon de commande en pièce jointe. Merci de nous le confirmer et de nous indiquer la date de livraison prévue.',
        'Merci de rappeler le numéro de commande sur votre bon de livraison et votre facture.',
      ],
    },
    payables_notify_approver: {
      subject: 'À approuver : {{ total_amount }} à {{ company_name }}',
      text: ['Une facture de {{ company_name }} attend votre décision.'],
      button: 'Examiner la facture',
    },
    payables_notify_payer: {
      subject: 'À payer : {{ total_amount }} à {{ company_name }}',
      text: ['Une facture de {{ company_name }} a été approuvée et peut être payée.'],
      button: 'Accéder au paiement',
    },
  },
}

const nl: LanguageWords = {
  greeting: 'Beste {{ contact_name }},',
  farewell: 'Met vriendelijke groet',
  facts: {
    quote_number: 'Offerte',
    invoice_number: 'Factuur',
    credit_note_number: 'Creditnota',
    document_number: 'Inkooporder',
    document_id: 'Inkoopfactuur',
    company_name: 'Van',
    issue_date: 'Datum',
    expiry_date: 'Geldig tot',
    due_date: 'Vervaldatum',
    discount_date: 'Korting tot',
    total_amount: 'Totaal',
    amount_due: 'Openstaand bedrag',
    amount_due_with_discount: 'Met korting',
  },
  mails: {
    receivables_quote: {
      subject: 'Offerte {{ quote_number }} van {{ entity_name }}',
      text: [
        'Bedankt voor uw interesse. Onze offerte vindt u in de bijlage.',
        'Ontbreekt er iets of wilt u iets aanpassen? Beantwoord gewoon dit bericht, dan passen wij de offerte graag aan.',
      ],
      button: 'Offerte bekijken',
    },
    receivables_invoice: {
      subject: 'Factuur {{ invoice_number }} van {{ entity_name }}',
      text: [
        'Bedankt voor uw opdracht. Onze factuur vindt u in de bijlage{% if due_date %}; wij verzoeken u deze uiterlijk op {{ due_date }} te betalen{% endif %}.',
        'Hebt u vragen? Beantwoord dan gewoon dit bericht.',
      ],
      button: 'Factuur betalen',
    },
    receivables_paid_invoice: {
      subject: 'Wij hebben uw betaling voor factuur {{ invoice_number }} ontvangen',
      text: ['Hartelijk dank: uw betaling is ontvangen en de factuur is voldaan. U hoeft verder niets te doen.'],
      button: 'Factuur bekijken',
    },
    receivables_credit_note: {
      subject: 'Creditnota {{ credit_note_number }} van {{ entity_name }}',
      text: ['Onze creditnota vindt u in de bijlage. U hoeft verder niets te doen.'],
      button: 'Creditnota bekijken',
    },
    receivables_discount_reminder: {
      subject:
        'Factuur {{ invoice_number }}: uw korting loopt {% if discount_date %}tot {{ discount_date }}{% else %}bijna af{% endif %}',
      text: [
        'U kunt nog besparen: betaal{% if discount_date %} uiterlijk op {{ discount_date }}{% endif %} {{ amount_due_with_discount }} in plaats van {{ amount_due }}.',
        'Is uw betaling al onderweg? Dan kunt u dit bericht als niet verzonden beschouwen.',
      ],
      button: 'Betalen met korting',
    },
    receivables_final_reminder: {
      subject: 'Herinnering: factuur {{ invoice_number }} van {{ entity_name }}',
      text: [
        'Graag herinneren wij u aan onze factuur {{ invoice_number }}{% if due_date %} met vervaldatum {{ due_date }}{% endif %}. Wij hebben de volledige betaling nog niet ontvangen.',
        'Is uw betaling al onderweg? Dan kunt u dit bericht als niet verzonden beschouwen. Lukt het niet om te betalen, neem dan contact met ons op.',
      ],
      button: 'Factuur betalen',
    },
    payables_purchase_order: {
      subject: 'Inkooporder {{ document_number }} van {{ entity_name }}',
      text: [
        'Onze inkooporder vindt u in de bijlage. Wilt u deze bevestigen en ons de verwachte leverdatum laten weten?',
        'Vermeld het ordernummer graag op uw pakbon en factuur.',
      ],
    },
    payables_notify_approver: {
      subject: 'Ter goedkeuring: {{ total_amount }} aan {{ company_name }}',
      text: ['Een factuur van {{ company_name }} wacht op uw beslissing.'],
      button: 'Factuur beoordelen',
    },
    payables_notify_payer: {
      subject: 'Klaar om te betalen: {{ total_amount }} aan {{ company_name }}',
      text: ['Een factuur van {{ company_name }} is goedgekeurd en kan worden betaald.'],
      button: 'Naar de betaling',
    },
  },
}

/** The first four languages; the others stand in a file of their own. */
export const firstWords = { en, fr, de, nl }
