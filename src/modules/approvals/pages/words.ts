import type { DocumentLanguage } from '../../../platform/pdf/labels.ts'

/** What the page of an approver says beyond the words that are printed on documents. `{…}` stands for a value. */
export interface Words {
  readonly title: string
  readonly text: string
  readonly bill: string
  readonly vendor: string
  readonly pay_to: string
  readonly document: string
  readonly open_file: string
  readonly items: string
  readonly more: string
  readonly check: string
  readonly same_file: string
  readonly same_number: string
  readonly other_account: string
  readonly addressed_elsewhere: string
  readonly sums: string
  readonly decide: string
  readonly approve: string
  readonly reject: string
  readonly reason: string
  readonly reason_given: string
  readonly too_long: string
  readonly done: Readonly<Record<'waiting' | 'approved' | 'rejected' | 'canceled', string>>
  readonly gone: string
  readonly failed: string
  readonly busy: string
}

const en: Words = {
  title: 'Your approval is asked for',
  text: '{entity} got a bill from {vendor}.',
  bill: 'Bill',
  vendor: 'Vendor',
  pay_to: 'To be paid to',
  document: 'The document',
  open_file: 'Open the file',
  items: 'Items',
  more: 'and {count} more',
  check: 'Please look at this first',
  same_file: 'The same file came on {date} before, as bill {number}.',
  same_number: 'A bill of this vendor with the same number and amount came on {date}: {number}.',
  other_account:
    'The account {account} is new for this vendor, who was paid to {known} before. Ask the vendor by phone, at a number that you know.',
  addressed_elsewhere: 'The bill is addressed to somebody else: {name}.',
  sums: 'The sums of the bill contradict each other.',
  decide: 'Your decision',
  approve: 'Approve',
  reject: 'Reject',
  reason: 'Why not? (optional)',
  reason_given: 'Reason',
  too_long: 'This text is too long.',
  done: {
    waiting: 'Thank you. Others are still to approve.',
    approved: 'This bill has been approved here.',
    rejected: 'This bill has been rejected.',
    canceled: 'Nobody needs to decide about this bill here any more.',
  },
  gone: 'This link leads nowhere, or no longer.',
  failed: 'That did not work, and nothing was changed. Please try again in a moment.',
  busy: 'Too many requests at once. Please try again in a moment.',
}

const de: Words = {
  title: 'Ihre Freigabe wird gebraucht',
  text: '{entity} hat eine Rechnung von {vendor} erhalten.',
  bill: 'Rechnung',
  vendor: 'Lieferant',
  pay_to: 'Zu zahlen an',
  document: 'Das Dokument',
  open_file: 'Datei öffnen',
  items: 'Positionen',
  more: 'und {count} weitere',
  check: 'Bitte zuerst ansehen',
  same_file: 'Dieselbe Datei kam schon am {date}, als Rechnung {number}.',
  same_number: 'Eine Rechnung dieses Lieferanten mit derselben Nummer und demselben Betrag kam am {date}: {number}.',
  other_account:
    'Das Konto {account} ist bei diesem Lieferanten neu; bisher wurde an {known} gezahlt. Fragen Sie telefonisch nach, unter einer Nummer, die Sie kennen.',
  addressed_elsewhere: 'Die Rechnung ist an jemand anderen gerichtet: {name}.',
  sums: 'Die Summen der Rechnung widersprechen sich.',
  decide: 'Ihre Entscheidung',
  approve: 'Freigeben',
  reject: 'Ablehnen',
  reason: 'Warum nicht? (freiwillig)',
  reason_given: 'Grund',
  too_long: 'Dieser Text ist zu lang.',
  done: {
    waiting: 'Danke. Andere müssen noch zustimmen.',
    approved: 'Diese Rechnung ist hier freigegeben.',
    rejected: 'Diese Rechnung ist abgelehnt.',
    canceled: 'Über diese Rechnung ist hier nicht mehr zu entscheiden.',
  },
  gone: 'Dieser Link führt nirgendwohin, oder nicht mehr.',
  failed: 'Das hat nicht geklappt, und nichts wurde geändert. Bitte versuchen Sie es gleich noch einmal.',
  busy: 'Zu viele Anfragen auf einmal. Bitte versuchen Sie es gleich noch einmal.',
}

const fr: Words = {
  title: 'Votre approbation est demandée',
  text: '{entity} a reçu une facture de {vendor}.',
  bill: 'Facture',
  vendor: 'Fournisseur',
  pay_to: 'À payer à',
  document: 'Le document',
  open_file: 'Ouvrir le fichier',
  items: 'Lignes',
  more: 'et {count} de plus',
  check: 'À vérifier d’abord',
  same_file: 'Le même fichier est déjà arrivé le {date}, comme facture {number}.',
  same_number: 'Une facture de ce fournisseur avec le même numéro et le même montant est arrivée le {date} : {number}.',
  other_account:
    'Le compte {account} est nouveau pour ce fournisseur, payé jusqu’ici sur {known}. Appelez le fournisseur, à un numéro que vous connaissez.',
  addressed_elsewhere: 'La facture est adressée à quelqu’un d’autre : {name}.',
  sums: 'Les montants de la facture se contredisent.',
  decide: 'Votre décision',
  approve: 'Approuver',
  reject: 'Refuser',
  reason: 'Pourquoi ? (facultatif)',
  reason_given: 'Motif',
  too_long: 'Ce texte est trop long.',
  done: {
    waiting: 'Merci. D’autres doivent encore approuver.',
    approved: 'Cette facture a été approuvée ici.',
    rejected: 'Cette facture a été refusée.',
    canceled: 'Il n’y a plus rien à décider ici pour cette facture.',
  },
  gone: 'Ce lien ne mène nulle part, ou plus.',
  failed: 'Cela n’a pas fonctionné, et rien n’a été modifié. Veuillez réessayer dans un instant.',
  busy: 'Trop de demandes à la fois. Veuillez réessayer dans un instant.',
}

const nl: Words = {
  title: 'Uw goedkeuring wordt gevraagd',
  text: '{entity} heeft een factuur van {vendor} ontvangen.',
  bill: 'Factuur',
  vendor: 'Leverancier',
  pay_to: 'Te betalen aan',
  document: 'Het document',
  open_file: 'Bestand openen',
  items: 'Regels',
  more: 'en nog {count}',
  check: 'Kijk hier eerst naar',
  same_file: 'Hetzelfde bestand kwam al op {date}, als factuur {number}.',
  same_number: 'Een factuur van deze leverancier met hetzelfde nummer en bedrag kwam op {date}: {number}.',
  other_account:
    'De rekening {account} is nieuw voor deze leverancier; tot nu toe werd op {known} betaald. Bel de leverancier, op een nummer dat u kent.',
  addressed_elsewhere: 'De factuur is aan iemand anders gericht: {name}.',
  sums: 'De bedragen van de factuur spreken elkaar tegen.',
  decide: 'Uw beslissing',
  approve: 'Goedkeuren',
  reject: 'Afwijzen',
  reason: 'Waarom niet? (optioneel)',
  reason_given: 'Reden',
  too_long: 'Deze tekst is te lang.',
  done: {
    waiting: 'Dank u. Anderen moeten nog goedkeuren.',
    approved: 'Deze factuur is hier goedgekeurd.',
    rejected: 'Deze factuur is afgewezen.',
    canceled: 'Over deze factuur hoeft hier niemand meer te beslissen.',
  },
  gone: 'Deze link leidt nergens heen, of niet meer.',
  failed: 'Dat is niet gelukt, en er is niets gewijzigd. Probeer het zo nog eens.',
  busy: 'Te veel verzoeken tegelijk. Probeer het zo nog eens.',
}

const es: Words = {
  title: 'Se pide su aprobación',
  text: '{entity} ha recibido una factura de {vendor}.',
  bill: 'Factura',
  vendor: 'Proveedor',
  pay_to: 'A pagar a',
  document: 'El documento',
  open_file: 'Abrir el archivo',
  items: 'Conceptos',
  more: 'y {count} más',
  check: 'Mire esto primero',
  same_file: 'El mismo archivo ya llegó el {date}, como factura {number}.',
  same_number: 'Una factura de este proveedor con el mismo número e importe llegó el {date}: {number}.',
  other_account:
    'La cuenta {account} es nueva para este proveedor, al que hasta ahora se pagaba en {known}. Llame al proveedor, a un número que conozca.',
  addressed_elsewhere: 'La factura va dirigida a otra persona: {name}.',
  sums: 'Los importes de la factura se contradicen.',
  decide: 'Su decisión',
  approve: 'Aprobar',
  reject: 'Rechazar',
  reason: '¿Por qué no? (opcional)',
  reason_given: 'Motivo',
  too_long: 'Este texto es demasiado largo.',
  done: {
    waiting: 'Gracias. Otros aún deben aprobar.',
    approved: 'Esta factura ha sido aprobada aquí.',
    rejected: 'Esta factura ha sido rechazada.',
    canceled: 'Ya no hay nada que decidir aquí sobre esta factura.',
  },
  gone: 'Este enlace no lleva a ninguna parte, o ya no.',
  failed: 'No ha funcionado, y no se ha cambiado nada. Inténtelo de nuevo en un momento.',
  busy: 'Demasiadas peticiones a la vez. Inténtelo de nuevo en un momento.',
}

const pt: Words = {
  title: 'É pedida a sua aprovação',
  text: '{entity} recebeu uma fatura de {vendor}.',
  bill: 'Fatura',
  vendor: 'Fornecedor',
  pay_to: 'A pagar a',
  document: 'O documento',
  open_file: 'Abrir o ficheiro',
  items: 'Itens',
  more: 'e mais {count}',
  check: 'Veja isto primeiro',
  same_file: 'O mesmo ficheiro já chegou a {date}, como fatura {number}.',
  same_number: 'Uma fatura deste fornecedor com o mesmo número e montante chegou a {date}: {number}.',
  other_account:
    'A conta {account} é nova para este fornecedor, a quem se pagava em {known}. Telefone ao fornecedor, para um número que conheça.',
  addressed_elsewhere: 'A fatura é dirigida a outra pessoa: {name}.',
  sums: 'Os montantes da fatura contradizem-se.',
  decide: 'A sua decisão',
  approve: 'Aprovar',
  reject: 'Rejeitar',
  reason: 'Porque não? (opcional)',
  reason_given: 'Motivo',
  too_long: 'Este texto é demasiado longo.',
  done: {
    waiting: 'Obrigado. Outros ainda têm de aprovar.',
    approved: 'Esta fatura foi aprovada aqui.',
    rejected: 'Esta fatura foi rejeitada.',
    canceled: 'Já não há nada a decidir aqui sobre esta fatura.',
  },
  gone: 'Esta ligação não leva a lado nenhum, ou já não leva.',
  failed: 'Não funcionou, e nada foi alterado. Tente novamente dentro de momentos.',
  busy: 'Demasiados pedidos ao mesmo tempo. Tente novamente dentro de momentos.',
}

const it: Words = {
  title: 'Si chiede la sua approvazione',
  text: '{entity} ha ricevuto una fattura da {vendor}.',
  bill: 'Fattura',
  vendor: 'Fornitore',
  pay_to: 'Da pagare a',
  document: 'Il documento',
  open_file: 'Apri il file',
  items: 'Voci',
  more: 'e altre {count}',
  check: 'Da guardare prima',
  same_file: 'Lo stesso file è già arrivato il {date}, come fattura {number}.',
  same_number: 'Una fattura di questo fornitore con lo stesso numero e importo è arrivata il {date}: {number}.',
  other_account:
    'Il conto {account} è nuovo per questo fornitore, pagato finora su {known}. Chiami il fornitore, a un numero che conosce.',
  addressed_elsewhere: 'La fattura è intestata a qualcun altro: {name}.',
  sums: 'Gli importi della fattura si contraddicono.',
  decide: 'La sua decisione',
  approve: 'Approva',
  reject: 'Rifiuta',
  reason: 'Perché no? (facoltativo)',
  reason_given: 'Motivo',
  too_long: 'Questo testo è troppo lungo.',
  done: {
    waiting: 'Grazie. Altri devono ancora approvare.',
    approved: 'Questa fattura è stata approvata qui.',
    rejected: 'Questa fattura è stata rifiutata.',
    canceled: 'Su questa fattura qui non c’è più nulla da decidere.',
  },
  gone: 'Questo link non porta da nessuna parte, o non più.',
  failed: 'Non ha funzionato, e nulla è stato modificato. Riprovi tra un momento.',
  busy: 'Troppe richieste insieme. Riprovi tra un momento.',
}

const pl: Words = {
  title: 'Prosimy o zatwierdzenie',
  text: 'Do {entity} wpłynęła faktura: {vendor}.',
  bill: 'Faktura',
  vendor: 'Dostawca',
  pay_to: 'Do zapłaty na rzecz',
  document: 'Dokument',
  open_file: 'Otwórz plik',
  items: 'Pozycje',
  more: 'i jeszcze {count}',
  check: 'Najpierw prosimy sprawdzić',
  same_file: 'Ten sam plik wpłynął już {date}, jako faktura {number}.',
  same_number: 'Faktura tego dostawcy z tym samym numerem i kwotą wpłynęła {date}: {number}.',
  other_account:
    'Rachunek {account} jest u tego dostawcy nowy; dotąd płacono na {known}. Prosimy zapytać dostawcę telefonicznie, pod znanym numerem.',
  addressed_elsewhere: 'Faktura jest wystawiona na kogoś innego: {name}.',
  sums: 'Kwoty na fakturze są ze sobą sprzeczne.',
  decide: 'Decyzja',
  approve: 'Zatwierdź',
  reject: 'Odrzuć',
  reason: 'Dlaczego nie? (opcjonalnie)',
  reason_given: 'Powód',
  too_long: 'Ten tekst jest za długi.',
  done: {
    waiting: 'Dziękujemy. Inni muszą jeszcze zatwierdzić.',
    approved: 'Ta faktura została tu zatwierdzona.',
    rejected: 'Ta faktura została odrzucona.',
    canceled: 'O tej fakturze nie trzeba tu już decydować.',
  },
  gone: 'Ten link nie prowadzi donikąd albo już wygasł.',
  failed: 'To się nie udało i nic nie zostało zmienione. Prosimy za chwilę spróbować ponownie.',
  busy: 'Za dużo żądań naraz. Prosimy za chwilę spróbować ponownie.',
}

const ar: Words = {
  title: 'موافقتكم مطلوبة',
  text: 'تلقت {entity} فاتورة من {vendor}.',
  bill: 'الفاتورة',
  vendor: 'المورّد',
  pay_to: 'تُدفع إلى',
  document: 'المستند',
  open_file: 'فتح الملف',
  items: 'البنود',
  more: 'و{count} أخرى',
  check: 'يرجى النظر في هذا أولاً',
  same_file: 'وصل الملف نفسه من قبل في {date} بوصفه الفاتورة {number}.',
  same_number: 'وصلت فاتورة من هذا المورّد بالرقم نفسه والمبلغ نفسه في {date}: {number}.',
  other_account: 'الحساب {account} جديد لهذا المورّد، وكان يُدفع له من قبل إلى {known}. اتصلوا بالمورّد على رقم تعرفونه.',
  addressed_elsewhere: 'الفاتورة موجّهة إلى جهة أخرى: {name}.',
  sums: 'مبالغ الفاتورة متناقضة.',
  decide: 'قراركم',
  approve: 'موافقة',
  reject: 'رفض',
  reason: 'لماذا لا؟ (اختياري)',
  reason_given: 'السبب',
  too_long: 'هذا النص طويل جدًا.',
  done: {
    waiting: 'شكرًا. لا يزال على آخرين أن يوافقوا.',
    approved: 'تمت الموافقة على هذه الفاتورة هنا.',
    rejected: 'تم رفض هذه الفاتورة.',
    canceled: 'لم يعد هناك ما يُقرَّر هنا بشأن هذه الفاتورة.',
  },
  gone: 'هذا الرابط لا يؤدي إلى شيء، أو لم يعد كذلك.',
  failed: 'لم ينجح ذلك، ولم يتغير شيء. يرجى المحاولة بعد لحظة.',
  busy: 'طلبات كثيرة في وقت واحد. يرجى المحاولة بعد لحظة.',
}

const he: Words = {
  title: 'אישורכם מתבקש',
  text: '{entity} קיבלה חשבונית מ-{vendor}.',
  bill: 'חשבונית',
  vendor: 'ספק',
  pay_to: 'לתשלום אל',
  document: 'המסמך',
  open_file: 'פתיחת הקובץ',
  items: 'פריטים',
  more: 'ועוד {count}',
  check: 'נא להסתכל בזה קודם',
  same_file: 'אותו קובץ כבר הגיע ב-{date}, כחשבונית {number}.',
  same_number: 'חשבונית של ספק זה עם אותו מספר ואותו סכום הגיעה ב-{date}: {number}.',
  other_account: 'החשבון {account} חדש אצל ספק זה, שעד כה שולם לו אל {known}. התקשרו לספק, למספר שאתם מכירים.',
  addressed_elsewhere: 'החשבונית ממוענת למישהו אחר: {name}.',
  sums: 'סכומי החשבונית סותרים זה את זה.',
  decide: 'החלטתכם',
  approve: 'אישור',
  reject: 'דחייה',
  reason: 'למה לא? (לא חובה)',
  reason_given: 'סיבה',
  too_long: 'הטקסט ארוך מדי.',
  done: {
    waiting: 'תודה. אחרים עדיין צריכים לאשר.',
    approved: 'חשבונית זו אושרה כאן.',
    rejected: 'חשבונית זו נדחתה.',
    canceled: 'אין עוד מה להחליט כאן על חשבונית זו.',
  },
  gone: 'קישור זה אינו מוביל לשום מקום, או שכבר אינו.',
  failed: 'זה לא הצליח, ודבר לא שונה. נא לנסות שוב בעוד רגע.',
  busy: 'יותר מדי בקשות בבת אחת. נא לנסות שוב בעוד רגע.',
}

const words: Readonly<Record<DocumentLanguage, Words>> = { en, de, fr, nl, es, pt, it, pl, ar, he }

export const wordsOf = (language: DocumentLanguage): Words => words[language]
