/**
 * The words that bills put beside their values, by what they mean, in the languages of most of Europe and America. Each is a pattern over
 * a text without accents, in lower case; the first of a list are the surest.
 */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[łŁ]/g, 'l')
    .replace(/ß/g, 'ss')
    .replace(/ø/gi, 'o')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim()

const NUMBER = String.raw`(?:(?:no|nr|num|number|nummer|numero|numer|documento|c(?:islo)?|\u2116)\b\.?\s?[°º]?\.?|#|n\.?\s?[°ºo]\.?|n\.|[°º])`
/** A rate may stand before the name of a tax. */
const RATE = String.raw`(?:\d+(?:[.,]\d+)? ?% ?)?`
/** Plain texts know these letters only; `\\p{L}` would cost the engine a millisecond for each of the patterns. */
const NO_LETTER = '(?![a-zæœα-ωа-я])'
/** What follows a label is looked at by itself: endings that may be anything don't count. */
const words = (...patterns: string[]): RegExp[] =>
  patterns.map((source) => new RegExp(`^(?:${source.replaceAll('(?: .*)?', '').replaceAll('.*', '')})${NO_LETTER}`, 'u'))

export const LABELS = {
  document_id: words(
    `(?:tax |vat |sales |commercial )?inv(?:oice|\\.)?\\s?(?:id|ref(?:erence)?|${NUMBER})`,
    `(?:rechnungs|beleg|fattura|faktura|factuur|fakturerings|laskun|arve)[- ]?(?:nummer|numero|nr\\.?|nro)`,
    `rechnung\\s?(?:${NUMBER})|(?:re|rg|rech|rechn)\\.?[- ]?(?:nummer|nr\\.?)`,
    `${NUMBER}\\s?(?:de |da |del |della |di )?(?:la )?(?:facture|factura|fatura|fattura|faktury|factuur|rechnung|document[oe]?)`,
    `(?:facture|factura|fatura|fattura|faktura(?: vat)?|factuur|fattura elettronica)\\s?${NUMBER}`,
    `numer faktury|nota ${NUMBER}|invoice #`,
    `credit (?:note|memo)\\s?${NUMBER}|(?:gutschrift(?:s)?|stornorechnung)[- ]?(?:nummer|nr\\.?)|(?:avoir|nota de credito|nota di credito|creditnota)\\s?${NUMBER}`,
    `(?:bill|document|statement|receipt|belegs?|documento|bon|ticket)[\\s-]?${NUMBER}|${NUMBER}\\s?(?:de |du )?(?:ticket|recu|bon)`,
    `(?:our ref(?:erence)?|reference|ref\\.?|${NUMBER})`,
    `invoice|facture|factura|fatura|fattura|faktura(?: vat)?|factuur|rechnung|lasku`,
  ),
  issued_at: words(
    `invoice date|date of (?:issue|invoice)|issue(?:d)?(?: date| on)?|bill(?:ing)? date|tax point|date issued|document date|dated`,
    `rechnungs?-?datum|ausstellungsdatum|belegdatum|ausgestellt am|rechnung vom|vom`,
    `date (?:de (?:la )?facture|de facturation|d['’]emission|de creation)|facture du|emise? le|emission`,
    `fecha (?:de )?(?:emision|factura|expedicion|la factura)|data (?:da )?(?:fatura|emissao|emissione|fattura|documento|de emissao|di emissione)|data (?:della )?fattura`,
    `factuur-?datum|faktura-?datum|fakturadato|data wystawienia|wystawiono(?: dnia)?|datum vystaveni|laskun paivays|utstedt|udstedt`,
    `date|datum|fecha|data|dato|paivays|le`,
  ),
  due_date: words(
    `(?:payment )?due(?: date| by| on)?|date due|pay(?:able|ment)? (?:by|before|due)|please pay by|due for payment|payment deadline`,
    `fallig(?:keit(?:sdatum)?)?(?: am| zum| bis)?|zahlbar bis(?: zum| spatestens)?|zahlungsziel|zahlungstermin|zu zahlen bis|bitte (?:zahlen|uberweisen) (?:sie )?bis`,
    `(?:date d['’])?echeance(?: le| au)?|date limite(?: de paiement)?|a (?:payer|regler) (?:avant|pour)(?: le)?|payable (?:avant|le)(?: le)?`,
    `(?:fecha (?:de )?)?vencimiento|vence(?:\\s?el)?|(?:data (?:di |de )?)?(?:scadenza|vencimento)|(?:da )?pagare entro(?: il)?|(?:a )?pagar (?:ate|antes de|hasta)`,
    `forfalds?(?:dato|dag)|betalingsfrist|betalningsfrist|forfald(?:en|er)?|forfallen|verval-?(?:datum|dag)|te betalen voor|uiterste betaaldatum|forfallo-?(?:datum|dag)|forfalls?-?(?:dato|datum|dag)|termin (?:platnosci|zaplaty)|platne do|splatnost|erapaiva|betal(?:as|es) senest|oss tillhanda senast|att betala senast`,
  ),
  total: words(
    `(?:total )?(?:amount|balance) (?:due|payable|to pay|owing|outstanding)|outstanding(?: (?:amount|balance))?|(?:still|left|remaining) to pay|total (?:due|to pay|payable|amount due)|grand total|invoice (?:total|amount)|total (?:incl|inc)\\b.*|total amount(?: incl.*)?|to pay|please pay|payable|total (?:in )?(?:eur|gbp|usd|chf|sek|dkk|pln)|gross (?:total|amount)|total gross`,
    `(?:zu |noch zu )?zahl(?:en(?:der betrag)?|betrag)|gesamt-?(?:betrag|summe)?(?: brutto| inkl.*| \\(?brutto\\)?)?|rechnungs(?:betrag|summe|endbetrag)(?: .*)?|brutto(?:betrag|summe|gesamt)?|end(?:betrag|summe)|gesamtpreis|betrag (?:inkl|brutto).*|total(?:betrag)?(?: inkl.*)?|summe (?:brutto|inkl.*)|summe total|offener betrag|rest(?:betrag|zahlung|forderung|summe)`,
    `(?:reste|solde|somme) (?:a payer|a regler|du|restant)|(?:total |montant |net )?(?:t\\.?t\\.?c\\.?|a payer|a regler|du)(?: .*)?|total (?:general|t\\.?t\\.?c|a payer|net a payer|de la facture|toutes taxes.*)|montant (?:total|ttc|a payer|du)(?: .*)?|net a payer`,
    `(?:importe |suma |valor )?total(?: factura| general| a pagar| con iva| \\(?iva incl.*)?|total a pagar|(?:importe|valor|montante) (?:total|a pagar)|total c/ iva|liquido a percibir|pendiente(?: de pago)?|(?:resto|saldo)(?: (?:a pagar|pendiente))?`,
    `totale(?: (?:fattura|documento|da pagare|a pagare|dovuto|complessivo|ivato|generale|lordo|iva incl.*))?|netto a pagare|importo (?:totale|da pagare)|(?:saldo|residuo|restante)(?: (?:da pagare|a saldo|dovuto))?`,
    `(?:totaal(?:bedrag)?|(?:nog |totaal )?te (?:betalen|voldoen)|factuur(?:bedrag|totaal))(?: .*)?|eindtotaal|rest(?:ant)?(?:bedrag)?(?: te betalen)?`,
    `razem(?: brutto| do zaplaty)?|(?:pozostalo )?do zaplaty|(?:wartosc|kwota|suma) brutto|naleznosc(?: ogolem)?|kwota do zaplaty`,
    `(?:summa|total|totalt|(?:total)?belopp|(?:total)?belob)(?: att betala| inkl.*| at betale)?|att betala|at betale|i alt(?: .*)?|a betale|til betaling|yhteensa|maksettava|celkem(?: k uhrade)?|k uhrade|fizetendo|osszesen`,
  ),
  subtotal: words(
    `sub-? ?total(?:e)?(?: .*)?|net(?: (?:total|amount|value))|total (?:net|excl(?:uding|usive)?.*|ex\\b.*|before (?:tax|vat))|amount excl.*|(?:goods|merchandise|items?)(?: (?:sub)?total)?|taxable amount|net`,
    `zwischensumme(?: .*)?|netto(?:betrag|summe|gesamt|warenwert)?|gesamt(?:betrag|summe)? (?:\\(?netto\\)?|exkl.*)|summe netto|warenwert|(?:rechnungs)?betrag netto|total exkl.*|summe`,
    `(?:total |montant |sous-total )?h\\.?t\\.?(?: .*)?|sous-?total(?: .*)?|total hors taxes?|montant (?:hors taxe|ht)|base ht`,
    `base imponible|subtotal|suma(?: y sigue)?|total sin iva|imponibile(?: .*)?|totale (?:imponibile|netto|merce)|valor (?:liquido|s/? iva|sem iva)|total (?:liquido|iliquido|sem iva)|incidencia`,
    `subtotaal|totaal excl(?:usief)?.*|netto ?bedrag|(?:wartosc|kwota|suma|razem) netto|summa exkl.*|netto(?:belopp)?|belopp exkl.*|subtotal ekskl.*|(?:i alt |total )?(?:ekskl|exkl)\\.? ?(?:moms).*|summa fore moms|moms(?:grundlag|pliktigt belob)|netto`,
  ),
  tax_amount: words(
    `${RATE}(?:(?:total |(?:of which|includes?|including|incl\\.?|thereof) )?(?:vat|tax|gst|sales tax|hst|state tax)(?: total| amount)?|(?:plus )?vat\\b.*|tax\\b.*|sales tax.*|gst\\b.*)`,
    `${RATE}(?:(?:zzgl\\.? |inkl\\.? |inklusive |darin |davon |enthalten(?:e|en|er)? |gesetzl\\.? |\\+ ?)*(?:\\d+(?:[.,]\\d+)? ?% ?)?(?:mwst\\.?|mehrwertsteuer|ust\\.?|umsatzsteuer|steuer(?:betrag)?)(?: .*|-.*)?)`,
    `${RATE}(?:(?:total |montant |dont )*(?:de la )?t\\.?v\\.?a\\.?(?: .*)?)`,
    `${RATE}(?:(?:importe |cuota |total |valor |totale |importo )*(?:(?:di cui|de los cuales|incluye|incl\\.?) )?(?:del )?(?:i\\.?v\\.?a\\.?|imposta|igic|impuestos?)(?: .*)?)`,
    `${RATE}(?:(?:totaal |bedrag |waarvan )*(?:btw|b\\.t\\.w\\.?)(?: .*|-.*)?|(?:inclusief |incl\\.? )${RATE}(?:btw|b\\.t\\.w\\.?)(?: .*|-.*)?|(?:kwota |podatek |razem |suma )*(?:vat|ptu)(?: .*)?|(?:moms|mva|mervardesskatt|merverdiavgift|alv|dph|afa)(?:belopp|belob)?(?: .*)?)`,
  ),
  discount: words(
    `(?:less:? |minus )?(?:total |trade |loyalty |customer |volume |special )?(?:discount|rebate)(?: .*)?`,
    `(?:abzgl\\.? |abzuglich )?(?:gesamt|treue|mengen|kunden|sonder)?-?rabatt(?: .*)?|(?:preis)?nachlass(?: .*)?|remise(?: .*)?|rabais|descuento(?: .*)?|sconto(?: .*)?|(?:klant)?korting(?: .*)?|rabat(?: .*)?|desconto(?: .*)?`,
  ),
  paid: words(
    `(?:less:? )?(?:(?:amount |total )?(?:already )?paid(?: .*)?|(?:pre-?)?payments? (?:received|made)|(?:less )?(?:deposit|down ?payment|prepayment|advance)(?: paid| received)?|paid to date)`,
    `(?:abzgl\\.? |abzuglich |geleistete |erhaltene |abz\\.? )*(?:an-?zahlung(?:en)?|voraus-?zahlung(?:en)?|abschlags?-?zahlung(?:en)?|teilzahlung(?:en)?|zahlung(?:en)?(?: erhalten)?)|bereits (?:be|ge)zahlt|gezahlt|(?:moins )?acompte(?:s)?(?: .*)?|avance(?: versee)?|(?:deja |montant )(?:paye|regle|verse)|(?:ya )?pagado(?: a cuenta)?|anticipo|entrega a cuenta|acconto(?: versato)?|gia (?:pagato|versato)|betaald|(?:reeds|al) betaald|voorschot|aanbetaling|vooruitbetaling|zaplacono|zaliczka|betalt|inbetalt|sinal|adiantamento`,
  ),
  purchase_order_number: words(
    `(?:your |customer )?(?:purchase order|p\\.?\\s?o\\.?)\\s?(?:${NUMBER}|ref(?:erence)?)?|(?:your |customer |sales )?order\\s?(?:${NUMBER}|ref(?:erence)?)|(?:your|customer) (?:order|ref(?:erence)?)`,
    `(?:ihre )?(?:bestell|auftrags)(?:ung|referenz)?[- ]?(?:nummer|nr\\.?|${NUMBER})|ihre bestellung(?: ${NUMBER})?|${NUMBER} de commande|(?:votre |bon de |v/ ?)?(?:ref(?:erence|\\.)? )?commande(?: ${NUMBER})?|${NUMBER} de pedido|(?:su )?(?:n\\S* )?pedido(?: ${NUMBER})?|(?:vostro )?ordine(?: (?:d['’]acquisto )?${NUMBER})?|numero ordine`,
    `bestel(?:ling)?[- ]?(?:nummer|nr\\.?)|uw (?:bestelling|referentie|ordernummer)|inkooporder(?:nummer)?|(?:nr |numer )?zamowieni[ae](?: nr)?|(?:panstwa )?zamowienie(?: ${NUMBER})?|(?:ert? |jeres )?(?:order|bestallnings|ordre|rekvisitions|inkops|indkobs)[- ]?(?:order|ordre)?[- ]?(?:nummer|nr\\.?)|(?:inkops|indkobs|innkjops)-?(?:order|ordre)|(?:v/ ?|vossa |sua )?encomenda(?: ${NUMBER})?|uw order(?:nummer|nr\\.?)?|(?:er|ert|jeres) (?:order|ordre|referens|reference)`,
  ),
  customer_number: words(
    `(?:customer|client|account|debtor|member)[ -]?(?:id|code|ref(?:erence)?\\.?)|(?:customer|client|debtor|member)[ -]?(?:account )?(?:${NUMBER})`,
    `(?:kunden|debitoren|mitglieds|vertrags|verbrauchs|zahler)[- ]?(?:konto)?-?(?:nummer|nr\\.?|id)|debitor|zahlernummer`,
    `(?:${NUMBER}|code|ref(?:erence)?\\.?) ?(?:de |du )?client|(?:${NUMBER}|codigo) (?:de )?cliente|(?:codice|cod\\.?) cliente|${NUMBER} contratto|(?:klant|debiteur(?:en)?|relatie)[- ]?(?:nummer|nr\\.?)|kundn(?:ummer|r\\.?)|kundenr\\.?|numer klienta`,
  ),
  original_id: words(
    `(?:original|corrected|credited|related) invoice(?: ${NUMBER})?|(?:zu rechnung|ursprungliche rechnung|originalrechnung)(?: ?${NUMBER})?|facture d['’]origine|factura (?:original|rectificada)|fattura di riferimento`,
  ),
  iban: words(`iban`),
  bic: words(`(?:bic|swift)(?:[ /-]*(?:bic|swift))?(?:[ -]?code)?`),
  account_number: words(
    `(?:bank )?(?:account|acct|acc|a/c)\\.?\\s?(?:${NUMBER})?|konto-?(?:nummer|nr\\.?)?|rekening(?:nummer)?|bankgiro|kontonummer|numero de (?:compte|cuenta)|nr konta`,
  ),
  sort_code: words(`sort[- ]?code|branch (?:code|${NUMBER})`),
  routing_number: words(`(?:ach |aba |wire |bank )*(?:routing|rtn|aba)(?: (?:transit )?${NUMBER})?(?: \\(aba\\))?`),
  account_holder: words(
    `account (?:name|holder)|name on account|beneficiary(?: name)?|payee|kontoinhaber|empfanger|titulaire(?: du compte)?|titular|beneficiario|intestat(?:ario|o a)|begunstigde|ten name van|t\\.n\\.v\\.|kontohaver|kontoinnehavare|odbiorca|cheques? payable to|make (?:all )?cheques payable to`,
  ),
  vat_id: words(
    `(?:our )?(?:vat|gst|tax)\\s?(?:reg(?:istration)?\\.?\\s?)?(?:id|identification)?\\s?(?:${NUMBER})|vat(?: id)?(?: number)?|uid(?:-?nummer|-nr\\.?)?|ust-?\\s?id(?:-?\\s?nr\\.?|ent.*)?|umsatzsteuer-?(?:id|identifikationsnummer).*|mwst-?nr\\.?|(?:n[°º]? ?)?tva(?: intra(?:communautaire|com\\.?)?)?(?: ?${NUMBER})?|${NUMBER} (?:de )?(?:tva|iva).*|n\\.?i\\.?f\\.?(?:[-/ ]iva)?|nipc|c\\.?i\\.?f\\.?|p(?:artita|\\.?) ?iva|btw(?:-?(?:nummer|nr\\.?|id))?|nip|moms(?:reg)?(?:istrerings)?[. -]*(?:nummer|nr\\.?)|vat-?nummer|cvr(?:-?nr\\.?)?|n\\.? ?contribuinte|contribuinte(?: ${NUMBER})?`,
  ),
  tax_id: words(
    `(?:federal )?(?:ein|tax id(?:entification)?)(?: ${NUMBER})?|steuer-?(?:nummer|nr\\.?)|st\\.?-?nr\\.?|company (?:reg(?:istration)?\\.? ?)?(?:${NUMBER})|siren ?/ ?siret|siret(?: ?${NUMBER})?|siren(?: ?${NUMBER})?|n[°ºo]?\\.?[°ºo]? fiscal|numero fiscal|fiscaal nummer|numer podatkowy|codice fiscale|c\\.f\\.|kvk(?:-?(?:nummer|nr\\.?))?|org(?:anisations)?\\.?[- ]?(?:nummer|nr\\.?)|regon|utr`,
  ),
  email: words(`e-?mail|mail|courriel|correo(?: electronico)?`),
  phone: words(`tel(?:efon|ephone|\\.|eforno|efono|efoon)?|phone|fon|telefone|tlf\\.?|mobil(?:e)?`),
  buyer: words(
    `(?:bill(?:ed)?|invoice(?:d)?|sold|ship(?:ped)?|deliver(?:ed)?|charge) to|customer(?: details| name)?|client|buyer|recipient|to|for|attn\\.?`,
    `(?:rechnung|lieferung) an|rechnungs(?:empfanger|adresse|anschrift)|kunde|auftraggeber|leistungsempfanger|an|empfanger|kaufer|lieferadresse`,
    `facture a(?!\\d)|adresse de (?:facturation|livraison)|destinataire|client(?:e)?|acheteur|facturar a|datos del cliente|comprador|destinatario|spett(?:\\.|abile)?(?: le)?|cessionario.*|cliente`,
    `factuur(?:adres| aan)|klant|afnemer|nabywca|kupujacy|kund|kunde|koper|faktureras|faktura til|kober|fakturaadress|faturar a|exmo.*|odberatel`,
  ),
  seller: words(
    `(?:invoice )?from|seller|supplier|vendor|issued by|biller|verkaufer|von|absender|lieferant|rechnungssteller|leistungserbringer|vendeur|emetteur|fournisseur|emisor|proveedor|vendedor|fornitore|cedente.*|emittente|leverancier|verkoper|sprzedawca|wystawca|saljare|leverantor|saelger|selger|sælger|fornecedor|emitente|dodavatel`,
  ),
} as const satisfies Record<string, readonly RegExp[]>

export type Label = keyof typeof LABELS

/** What the columns of a list of items are called. */
export const COLUMNS = {
  description:
    /^(?:(?:item |product )?description|item(?:s)?|details?|product|service|particulars|article|bezeichnung|beschreibung|leistung|artikel(?:bezeichnung)?|position(?:stext)?|designation|libelle|prestation|produit|descripcion|concepto|articulo|descrizione|descricao|designacao|omschrijving|beschrijving|dienst|opis|nazwa.*|towar.*|usluga|beskrivning|beskrivelse|benamning|varetekst|vare(?:betegnelse)?|tekst|ydelse|specifikation|detalle|dettaglio|detalhe|produkt|prodotto|producto|produto|leistungsbeschreibung|text|popis|kuvaus|tuote)(?![a-zæœα-ωа-я])/u,
  quantity:
    /^(?:qty|quantity|units?|hours|hrs|menge|anzahl|anz|stuck|std|stunden|quantite|qte|cantidad|cant|uds|unidades|quantita|qta|q\.ta|quantidade|qtd?|qtde|aantal|ilosc|antal|maara|mnozstvi|kpl)(?![a-zæœα-ωа-я])/u,
  unit: /^(?:unit|einheit|einh|unite|unidad|unita|um|u\.m|eenheid|jm|j\.m|enhet|enhed|uom|me)(?![a-zæœα-ωа-я])/u,
  unit_price:
    /^(?:(?:unit|net|item|each) ?(?:price|cost)|price|rate|unit|(?:einzel|stuck|netto|e)-?preis|preis(?: ?\/ ?\S+| (?:pro|je) \S+)?|ep|p\.? ?u\.?(?: ?h\.?t\.?)?|p\.? ?unit\S*|prix(?: unitaire| unit\.?)?|precio(?: unit\S*| ud\S*)?|pvp|prezzo(?: unit\S*)?|preco(?: unit\S*)?|(?:stuk|eenheids|netto)?prijs(?: per \S+)?|tarief|tarif|tarifa|cena(?: jedn\S*)?(?: netto)?|a-?pris|pris(?: per \S+)?|stk\.? ?pris|enhetspris|stykpris|ansatz)(?![a-zæœα-ωа-я])/u,
  vat_rate:
    /^(?:vat ?(?:%|rate)?|tax ?(?:%|rate)?|gst|mwst\.?(?: ?%|-satz)?|ust\.?(?: ?%|-satz)?|steuer(?:satz| ?%)?|(?:taux )?(?:de )?tva(?: ?%)?|(?:tipo )?iva(?: ?%)?|% ?iva|aliq\S*|btw(?: ?%)?|stawka(?: vat)?|vat|moms(?: ?%|sats)?|taxa(?: iva)?|%)$/u,
  total:
    /^(?:(?:line |net )?(?:amount|total)|(?:net|line) (?:amount|value|total)|sum|betrag|gesamt(?:preis|betrag)?|summe|gp|total(?:e)?(?: h\.?t\.?| eur| net\S*)?|montant(?: h\.?t\.?)?|importe|importo|imponibile|valor|bedrag|totaal|(?:wartosc|kwota)(?: netto| brutto)?|belopp|radbelopp|summa|(?:linje)?belob|i alt|base|net|netto(?:betrag|belopp|bedrag)?|brutto(?:betrag|bedrag|belopp)?|gross|pris i alt|zeilensumme|yhteensa|celkem|subtotal)(?![a-zæœα-ωа-я])/u,
} as const
export type Column = keyof typeof COLUMNS

/** Columns that say nothing a bill holds. */
export const OTHER_COLUMN =
  /^(?:pos|position(?= nr)|l\.?p|nr|no|#|(?:item |product )?code(?: (?:article|produit|articulo|prodotto))?|codigo(?: articulo)?|codice(?: articolo)?|sku|ref(?:erence|erencia)?|kod|art(?:ikel|icle)?[.-]? ?(?:nr|no|n[°º])|item (?:no|code|#)|rabatt?|rab\.?|discount|remise|rem\.?|korting|descuento|dto|sconto|desconto|disc\.?|date|datum|fecha|data)(?: ?%)?(?![a-zæœα-ωа-я])/u

export const CREDIT_NOTE =
  /\b(?:credit (?:note|memo)|gutschrift|stornorechnung|rechnungskorrektur|avoir|facture d.avoir|nota de credito|factura rectificativa|nota di credito|creditnota|creditfactuur|faktura korygujaca|kreditfaktura|kreditnota)\b/
export const RECEIPT =
  /\b(?:receipt|kassenbon|kassenbeleg|quittung|bewirtungsbeleg|ticket de caisse|recu|scontrino|recibo|kassabon|paragon|kvitto|kvittering)\b/
export const INVOICE = /\b(?:invoice|rechnung|facture|factura|fattura|factuur|faktura|fatura|lasku|bill)\b/
/** Titles, never names. */
export const TITLE =
  /^(?:(?:tax |vat |pro ?forma |sales |commercial )?invoice|receipt|bill|statement|credit (?:note|memo)|rechnung|gutschrift|facture|avoir|factura|fattura|fatura|factuur|creditnota|faktura(?: vat)?|kreditfaktura|lasku|page|seite|original|copy|kopie)\b[^\p{L}]*(?:\d.*)?$/u

/** How companies sign: the legal form is the surest sign of a company's name. */
export const LEGAL_FORM =
  /(?:^|[\s,])(?:GmbH(?: & Co\.? ?KG)?|mbH|AG|KG|OHG|UG(?: \(haftungsbeschr[^)]*\))?|e\.?K\.?|eG|GbR|Ltd\.?|Limited|LLP|PLC|plc|LLC|L\.L\.C\.|Inc\.?|Incorporated|Corp\.?|Corporation|Co\.|S\.?A\.?R\.?L\.?|SAS|S\.A\.S\.?|SASU|EURL|S\.?A\.?|SCI|S\.?L\.?U?\.?|S\.?R\.?L\.?|S\.?r\.?l\.?s?|S\.?p\.?A\.?|S\.?n\.?c\.?|B\.?V\.?|N\.?V\.?|V\.?O\.?F\.?|Sp\. ?z ?o\. ?o\.?|Sp\. ?[kj]\.|S\.?A\.|AB|HB|A\/S|ApS|AS|ASA|Oy|Oyj|Lda\.?|Unipessoal.*|s\.r\.o\.|a\.s\.|Kft\.?|Zrt\.?|d\.o\.o\.|OÜ|SIA|UAB|Pty|Sàrl|SE|KGaA|gGmbH|e\.?V\.?|Partners|Group|Studio|& (?:Co|Sons|Söhne|Fils|Figli|Hijos))(?=$|[\s,.;|·•–-])/u
