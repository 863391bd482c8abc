import { inEachLanguage } from '../../../platform/pages/language.ts'

/** The mail to whoever signed a mandate. `{…}` stands for a value. */
type Words = Readonly<typeof en>

const en = {
  subject: 'Your mandate for ACH debits',
  text: '{signatory} allowed ACH debits (mandate {version}) from the account ending in {ending} at {bank}.',
  not_you: 'If that was not you, please answer this mail.',
}

const de: Words = {
  subject: 'Ihr Mandat für ACH-Lastschriften',
  text: '{signatory} hat ACH-Lastschriften (Mandat {version}) vom Konto mit den letzten Ziffern {ending} bei {bank} erlaubt.',
  not_you: 'Waren Sie das nicht, antworten Sie bitte auf diese E-Mail.',
}

const fr: Words = {
  subject: 'Votre mandat de prélèvement ACH',
  text: '{signatory} a autorisé les prélèvements ACH (mandat {version}) sur le compte se terminant par {ending} chez {bank}.',
  not_you: 'Si ce n’était pas vous, veuillez répondre à ce message.',
}

const nl: Words = {
  subject: 'Uw machtiging voor ACH-incasso’s',
  text: '{signatory} heeft ACH-incasso’s (machtiging {version}) toegestaan van de rekening die eindigt op {ending} bij {bank}.',
  not_you: 'Was u dat niet, beantwoord dan deze e-mail.',
}

const es: Words = {
  subject: 'Su mandato de adeudos ACH',
  text: '{signatory} ha autorizado adeudos ACH (mandato {version}) en la cuenta terminada en {ending} de {bank}.',
  not_you: 'Si no ha sido usted, responda a este correo.',
}

const pt: Words = {
  subject: 'O seu mandato de débitos ACH',
  text: '{signatory} autorizou débitos ACH (mandato {version}) na conta terminada em {ending} no {bank}.',
  not_you: 'Se não foi o senhor ou a senhora, responda a este e-mail.',
}

const it: Words = {
  subject: 'Il suo mandato di addebito ACH',
  text: '{signatory} ha autorizzato addebiti ACH (mandato {version}) sul conto che termina con {ending} presso {bank}.',
  not_you: 'Se non è stato lei, risponda a questa e-mail.',
}

const pl: Words = {
  subject: 'Zgoda na polecenia zapłaty ACH',
  text: '{signatory} – udzielono zgody na polecenia zapłaty ACH (upoważnienie {version}) z konta o końcówce {ending} w {bank}.',
  not_you: 'Jeśli to pomyłka, prosimy odpowiedzieć na tę wiadomość.',
}

const ar: Words = {
  subject: 'تفويضكم بالخصم عبر ACH',
  text: 'سمح {signatory} بالخصم عبر ACH (التفويض {version}) من الحساب المنتهي بالرقم {ending} لدى {bank}.',
  not_you: 'إذا لم تكونوا أنتم، فيرجى الرد على هذه الرسالة.',
}

const he: Words = {
  subject: 'ההרשאה שלך לחיוב ACH',
  text: 'חיובי ACH אושרו על ידי {signatory} (הרשאה {version}) מהחשבון המסתיים בספרות {ending} ב־{bank}.',
  not_you: 'אם לא ביצעת זאת, יש להשיב להודעה זו.',
}

export const wordsOf = inEachLanguage<Words>({ en, de, fr, nl, es, pt, it, pl, ar, he })
