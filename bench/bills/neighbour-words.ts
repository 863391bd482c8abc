/** What the neighbours call things: several ways each, other ones than `words.ts` where a language has them. `{r}` is a rate, `{t}` a name. */

export interface Tongue {
  /** The locale that writes its days in words. */
  readonly locale: string
  readonly country: string
  readonly currency: string
  readonly symbol: string
  /** How 1234.5 is written. */
  readonly sample: string
  readonly days: readonly string[]
  readonly rates: readonly [number, number]
  readonly firms: readonly (readonly [name: string, street: string, place: string])[]
  readonly title: readonly string[]
  readonly number: readonly string[]
  readonly date: readonly string[]
  readonly due: readonly string[]
  readonly customer: readonly string[]
  readonly order: readonly string[]
  readonly period: readonly string[]
  readonly to: readonly string[]
  readonly vat: readonly string[]
  readonly columns: {
    readonly pos: readonly string[]
    readonly article: readonly string[]
    readonly name: readonly string[]
    readonly quantity: readonly string[]
    readonly price: readonly string[]
    readonly rate: readonly string[]
    readonly amount: readonly string[]
  }
  readonly goods: readonly string[]
  readonly net: readonly string[]
  readonly tax: readonly string[]
  /** The tax where the total comes first. */
  readonly within: readonly string[]
  readonly total: readonly string[]
  readonly shipping: readonly string[]
  readonly surcharge: readonly string[]
  readonly paid: readonly string[]
  readonly left: readonly string[]
  readonly all_in: readonly string[]
  readonly thanks: readonly string[]
  readonly untaxed: readonly string[]
  readonly discount: readonly string[]
  readonly units: readonly string[]
  readonly deliver: readonly string[]
  /** `{d}` is less than the total, `{f}` a fee. */
  readonly sentences: readonly string[]
}

const euro = { currency: 'EUR', symbol: '€' }

const english = {
  title: ['Invoice', 'Tax Invoice', 'INVOICE', 'Bill'],
  number: ['Invoice number', 'Invoice No.', 'Inv. No', 'Invoice #', 'Document no.', 'Our reference'],
  date: ['Invoice date', 'Date of issue', 'Issued', 'Date', 'Dated'],
  due: ['Due date', 'Payment due', 'Due', 'Pay by', 'Please pay by'],
  customer: ['Customer no.', 'Account ref', 'Client ID'],
  order: ['PO number', 'Purchase order', 'Your order no.'],
  period: ['Service period', 'Billing period', 'Period covered'],
  to: ['Bill to', 'Invoice to', 'Billed to:', 'Customer'],
  vat: ['VAT Reg No.', 'VAT number', 'VAT no:', 'VAT ID'],
  columns: {
    pos: ['#', 'Line'],
    article: ['Code', 'SKU', 'Item code'],
    name: ['Description', 'Details', 'Item', 'Goods and services'],
    quantity: ['Qty', 'Quantity', 'Units'],
    price: ['Unit price', 'Price each', 'Rate', 'Price'],
    rate: ['VAT', 'VAT %', 'VAT rate', 'Tax'],
    amount: ['Amount', 'Line total', 'Total', 'Net amount'],
  },
  goods: [
    'Oak shelf 80 cm',
    'Cable drum 25 m',
    'Site survey',
    'Printer toner black',
    'Window seal',
    'Safety gloves',
    'Paint, matt white 5 l',
    'Filter cartridge F7',
    'Steel bracket',
    'Maintenance visit',
  ],
  net: ['Subtotal', 'Net', 'Net total', 'Total excl. VAT', 'Sub-total', 'Goods'],
  tax: ['VAT {r}%', 'VAT @ {r}%', 'VAT ({r}%)', '{r}% VAT'],
  within: ['includes VAT {r}%', 'of which VAT {r}%', 'VAT {r}% included'],
  total: ['Total', 'Invoice total', 'Total incl. VAT', 'Amount payable', 'TOTAL DUE', 'Balance due'],
  shipping: ['Shipping', 'Delivery', 'Carriage', 'Postage & packing', 'Freight'],
  surcharge: ['Fuel surcharge', 'Small order fee', 'Handling', 'Card fee', 'Environmental levy'],
  paid: ['Deposit paid', 'Payments received', 'Less paid', 'Paid to date'],
  left: ['Balance due', 'Amount due', 'Outstanding', 'Still to pay'],
  all_in: ['All amounts in {c}.', 'Amounts are stated in {c}', 'Currency: {c}', 'Prices in {c}'],
  thanks: ['Thank you for your business.', 'Please quote the number above with your payment.'],
  untaxed: ['0%', 'exempt', '0.0%'],
  discount: ['Discount', 'Less discount 5%', 'Trade discount', 'Loyalty discount'],
  units: ['pcs', 'ea', 'hrs', 'boxes'],
  deliver: ['Deliver to', 'Ship to', 'Delivery address'],
  sentences: [
    'Pay {d} if you settle within 7 days.',
    'A late payment fee of {f} may be charged.',
    'Early settlement: {d}. Reminders cost {f}.',
  ],
}

export const tongues: Readonly<Record<string, Tongue>> = {
  gb: {
    ...english,
    locale: 'en-GB',
    country: 'GB',
    currency: 'GBP',
    symbol: '£',
    sample: '1,234.50',
    days: ['DD/MM/YYYY', 'D MMMM YYYY', 'DD-MMM-YYYY', 'D.M.YYYY', 'DD/MM/YY'],
    rates: [20, 5],
    firms: [
      ['Pennywhistle Joinery Ltd', '14 Mill Lane', 'Hexham NE46 3QA'],
      ['Tarn & Fell Supplies', '9 Quay Street', 'Whitby YO21 1DB'],
      ['Bright Harbour Services LLP', '220 Castle Road', 'Bedford MK40 3SJ'],
      ['Ashgrove Print', 'Unit 3, Canal Yard', 'Stroud GL5 2QG'],
    ],
  },
  us: {
    ...english,
    locale: 'en-US',
    country: 'US',
    currency: 'USD',
    symbol: '$',
    sample: '1,234.50',
    days: ['MM/DD/YYYY', 'MMMM D, YYYY', 'M/D/YYYY', 'MMM D, YYYY', 'MM/DD/YY'],
    rates: [8, 6.25],
    vat: ['Tax ID', 'EIN', 'Federal Tax ID'],
    columns: { ...english.columns, rate: ['Tax', 'Tax %'] },
    net: ['Subtotal', 'SUBTOTAL', 'Sub Total', 'Merchandise total'],
    tax: ['Sales Tax ({r}%)', 'Tax ({r}%)', 'State tax {r}%', 'Tax {r}%'],
    within: ['includes sales tax {r}%', 'Tax {r}% included'],
    total: ['Total', 'TOTAL', 'Total Due', 'Amount Due', 'Grand Total', 'Balance Due'],
    shipping: ['Shipping', 'Shipping & Handling', 'Freight', 'S&H', 'Delivery fee'],
    firms: [
      ['Cedar Bluff Hardware LLC', '418 Prairie Ave', 'Salem, OR 97301'],
      ['Lone Mesa Outfitters Inc.', '77 W 3rd Street', 'Flagstaff, AZ 86001'],
      ['Gulfside Machine Works', '1200 Harbor Blvd', 'Tampa, FL 33602'],
      ['Northrange Media Corp', '6 Lake Drive', 'Duluth, MN 55802'],
    ],
  },
  de: {
    ...euro,
    locale: 'de-DE',
    country: 'DE',
    sample: '1.234,50',
    days: ['DD.MM.YYYY', 'D. MMMM YYYY', 'DD.MM.YY', 'D.M.YYYY', 'YYYY-MM-DD'],
    rates: [19, 7],
    firms: [
      ['Holzwerk Ahlers GmbH', 'Am Speicher 12', '26721 Emden'],
      ['Elektro Brandl e.K.', 'Bahnhofstr. 5a', '84028 Landshut'],
      ['Quellgrund Getränke GmbH & Co. KG', 'Industriering 44', '36041 Fulda'],
      ['Malerei Sievers', 'Lange Reihe 8', '18439 Stralsund'],
    ],
    title: ['Rechnung', 'RECHNUNG', 'Rechnung / Invoice'],
    number: ['Rechnungsnummer', 'Rechnungs-Nr.', 'Rechnung Nr.', 'Re.-Nr.', 'Belegnummer', 'Beleg-Nr.'],
    date: ['Rechnungsdatum', 'Datum', 'Belegdatum', 'Ausgestellt am', 'Rechnung vom'],
    due: ['Fällig am', 'Fälligkeit', 'Zahlbar bis', 'Zahlungsziel', 'Zu zahlen bis'],
    customer: ['Kundennummer', 'Kunden-Nr.', 'Debitor'],
    order: ['Bestellnummer', 'Ihre Bestellung', 'Auftragsnummer'],
    period: ['Leistungszeitraum', 'Abrechnungszeitraum', 'Lieferzeitraum'],
    to: ['Rechnungsempfänger', 'An', 'Kunde', 'Rechnung an:'],
    vat: ['USt-IdNr.', 'USt-ID', 'Umsatzsteuer-ID', 'UID'],
    columns: {
      pos: ['Pos.', 'Nr.'],
      article: ['Art.-Nr.', 'Artikelnr.'],
      name: ['Bezeichnung', 'Beschreibung', 'Leistung', 'Artikel', 'Text'],
      quantity: ['Menge', 'Anzahl', 'Stück', 'Anz.'],
      price: ['Einzelpreis', 'E-Preis', 'Preis', 'Preis/Einheit'],
      rate: ['USt', 'MwSt.', 'MwSt %', 'Steuer'],
      amount: ['Gesamt', 'Betrag', 'Gesamtpreis', 'Summe', 'Nettobetrag'],
    },
    goods: [
      'Regalboden Eiche 80 cm',
      'Kabeltrommel 25 m',
      'Ortstermin',
      'Tonerkassette schwarz',
      'Fensterdichtung',
      'Schutzhandschuhe Größe 9',
      'Wandfarbe weiß 5 l',
      'Filterkassette F7',
      'Winkel verzinkt',
      'Wartung Heizungsanlage',
    ],
    net: ['Nettobetrag', 'Netto', 'Zwischensumme', 'Summe netto', 'Gesamt netto', 'Warenwert'],
    tax: ['MwSt. {r} %', 'zzgl. {r} % USt.', 'Umsatzsteuer {r}%', 'USt. ({r} %)', '{r} % MwSt.'],
    within: ['darin {r} % MwSt.', 'enthaltene USt. {r} %', 'inkl. {r} % MwSt.'],
    total: ['Rechnungsbetrag', 'Gesamtbetrag', 'Endbetrag', 'Gesamtsumme', 'Zu zahlen', 'Bruttobetrag', 'Zahlbetrag'],
    shipping: ['Versandkosten', 'Versand', 'Porto und Verpackung', 'Frachtkosten', 'Lieferkosten'],
    surcharge: ['Mindermengenzuschlag', 'Dieselzuschlag', 'Bearbeitungsgebühr', 'Expresszuschlag', 'Energiekostenpauschale'],
    paid: ['Anzahlung', 'abzgl. Anzahlung', 'Bereits bezahlt', 'Erhaltene Zahlung'],
    left: ['Restbetrag', 'Noch zu zahlen', 'Offener Betrag', 'Zahlbetrag'],
    all_in: ['Alle Beträge in {c}.', 'Alle Preise in {c}', 'Währung: {c}', 'Beträge in {c}'],
    thanks: ['Wir danken für Ihren Auftrag.', 'Bitte geben Sie bei der Zahlung die obige Nummer an.'],
    untaxed: ['0 %', 'steuerfrei', '0%'],
    discount: ['Rabatt', 'abzgl. Rabatt', 'Treuerabatt', 'Nachlass'],
    units: ['Stk.', 'Stück', 'Std.', 'Pkg.'],
    deliver: ['Lieferadresse', 'Lieferanschrift', 'Lieferung an'],
    sentences: ['Bei Zahlung binnen 7 Tagen 2 % Skonto: {d}.', 'Mahngebühr {f} je Mahnung.', 'Skontobetrag {d}, Mahnung {f}.'],
  },
  fr: {
    ...euro,
    locale: 'fr-FR',
    country: 'FR',
    sample: '1 234,50',
    days: ['DD/MM/YYYY', 'D MMMM YYYY', 'DD-MM-YYYY', 'DD.MM.YYYY'],
    rates: [20, 5.5],
    firms: [
      ['Menuiserie Kerbrat SARL', '3 rue du Phare', '29200 Brest'],
      ['Atelier Coudray', '18 avenue des Tilleuls', '69003 Lyon'],
      ['Fournitures du Vexin SAS', '55 boulevard Gambetta', '60200 Compiègne'],
    ],
    title: ['Facture', 'FACTURE'],
    number: ['Facture n°', 'N° de facture', 'Numéro de facture', 'Référence'],
    date: ['Date de facture', "Date d'émission", 'Date', 'Émise le'],
    due: ["Date d'échéance", 'Échéance', 'À régler avant le', 'Payable avant le'],
    customer: ['N° client', 'Code client'],
    order: ['Bon de commande n°', 'Votre commande'],
    period: ['Période', 'Période de prestation'],
    to: ['Facturé à', 'Client', 'Destinataire'],
    vat: ['N° TVA', 'TVA intracommunautaire', 'N° TVA intracom.'],
    columns: {
      pos: ['N°'],
      article: ['Réf.', 'Code article'],
      name: ['Désignation', 'Description', 'Libellé', 'Prestation'],
      quantity: ['Qté', 'Quantité'],
      price: ['Prix unitaire', 'P.U. HT', 'Prix unit.'],
      rate: ['TVA', 'Taux TVA', 'TVA %'],
      amount: ['Montant HT', 'Total HT', 'Montant'],
    },
    goods: [
      'Étagère chêne 80 cm',
      'Enrouleur 25 m',
      'Visite de chantier',
      'Toner noir',
      'Joint de fenêtre',
      'Gants de protection',
      'Peinture blanche 5 l',
      'Cartouche filtrante',
    ],
    net: ['Total HT', 'Montant HT', 'Sous-total HT', 'Sous-total'],
    tax: ['TVA {r} %', 'TVA ({r} %)', 'T.V.A. {r}%', 'Montant TVA {r} %'],
    within: ['dont TVA {r} %'],
    total: ['Total TTC', 'Net à payer', 'Montant TTC', 'TOTAL À PAYER'],
    shipping: ['Frais de port', 'Livraison', 'Frais de livraison', 'Transport'],
    surcharge: ['Supplément carburant', 'Frais de dossier', 'Éco-participation', 'Frais de gestion'],
    paid: ['Acompte versé', 'Déjà réglé', 'Acompte'],
    left: ['Reste à payer', 'Solde à payer', 'Net à payer'],
    all_in: ['Montants exprimés en {c}', 'Tous les montants sont en {c}.', 'Devise : {c}'],
    thanks: ['Nous vous remercions de votre confiance.'],
    untaxed: ['0 %', 'exonéré'],
    discount: ['Remise', 'Remise commerciale', 'Rabais'],
    units: ['pièces', 'h', 'u.'],
    deliver: ['Adresse de livraison', 'Livré à'],
    sentences: ['Indemnité forfaitaire de recouvrement : {f}.', 'Escompte pour paiement sous 7 jours : {d}.'],
  },
  es: {
    ...euro,
    locale: 'es-ES',
    country: 'ES',
    sample: '1.234,50',
    days: ['DD/MM/YYYY', 'D de MMMM de YYYY', 'DD-MM-YYYY'],
    rates: [21, 10],
    firms: [
      ['Carpintería Olmedo S.L.', 'Calle del Pozo, 7', '47400 Medina del Campo'],
      ['Suministros Arriaga, S.A.', 'Avenida de la Ría, 91', '48930 Getxo'],
      ['Taller Benavent', 'Plaza Mayor, 2', '46800 Xàtiva'],
    ],
    title: ['Factura', 'FACTURA'],
    number: ['Factura nº', 'Nº de factura', 'Número de factura', 'Núm. factura'],
    date: ['Fecha de factura', 'Fecha', 'Fecha de emisión', 'Fecha de expedición'],
    due: ['Vencimiento', 'Fecha de vencimiento', 'Fecha vencimiento'],
    customer: ['Nº cliente', 'Código de cliente'],
    order: ['Pedido nº', 'Su pedido'],
    period: ['Periodo', 'Periodo de facturación'],
    to: ['Cliente', 'Facturar a', 'Datos del cliente'],
    vat: ['NIF', 'CIF', 'N.I.F.'],
    columns: {
      pos: ['Nº'],
      article: ['Código', 'Ref.'],
      name: ['Descripción', 'Concepto', 'Artículo'],
      quantity: ['Cantidad', 'Cant.', 'Uds.'],
      price: ['Precio', 'Precio unitario', 'Precio ud.'],
      rate: ['IVA', '% IVA', 'Tipo IVA'],
      amount: ['Importe', 'Total', 'Subtotal'],
    },
    goods: [
      'Estante de roble 80 cm',
      'Alargador 25 m',
      'Visita de obra',
      'Tóner negro',
      'Burlete para ventana',
      'Guantes de protección',
      'Pintura blanca 5 l',
      'Cartucho de filtro',
    ],
    net: ['Base imponible', 'Subtotal', 'Suma', 'Total sin IVA'],
    tax: ['IVA {r} %', 'IVA ({r}%)', 'Cuota IVA {r}%', 'I.V.A. {r} %'],
    within: ['IVA {r} % incluido'],
    total: ['Total', 'Total factura', 'TOTAL A PAGAR', 'Importe total', 'Total con IVA'],
    shipping: ['Gastos de envío', 'Portes', 'Transporte'],
    surcharge: ['Recargo por combustible', 'Gastos de gestión', 'Recargo'],
    paid: ['Anticipo', 'Pagado a cuenta', 'Ya pagado'],
    left: ['Pendiente de pago', 'Resto a pagar', 'Total a pagar'],
    all_in: ['Importes en {c}', 'Todos los importes en {c}.', 'Moneda: {c}'],
    thanks: ['Gracias por su confianza.'],
    untaxed: ['0 %', 'exento'],
    discount: ['Descuento', 'Descuento comercial'],
    units: ['uds.', 'h', 'cajas'],
    deliver: ['Dirección de entrega', 'Enviar a'],
    sentences: ['Pronto pago en 7 días: {d}.', 'Recargo por demora: {f}.'],
  },
  it: {
    ...euro,
    locale: 'it-IT',
    country: 'IT',
    sample: '1.234,50',
    days: ['DD/MM/YYYY', 'D MMMM YYYY', 'DD-MM-YYYY'],
    rates: [22, 10],
    firms: [
      ['Falegnameria Brusa S.r.l.', 'Via dei Fabbri, 31', '22100 Como'],
      ['Forniture Adriatiche S.p.A.', 'Viale del Porto, 5', '60121 Ancona'],
      ['Officina Tedeschi snc', 'Via Garibaldi, 88', '43121 Parma'],
    ],
    title: ['Fattura', 'FATTURA'],
    number: ['Fattura n.', 'Numero fattura', 'Fattura nr.', 'Numero documento'],
    date: ['Data fattura', 'Data', 'Data documento', 'Data di emissione'],
    due: ['Scadenza', 'Data scadenza', 'Da pagare entro'],
    customer: ['Codice cliente'],
    order: ['Ordine n.', 'Vostro ordine'],
    period: ['Periodo', 'Periodo di competenza'],
    to: ['Spett.le', 'Cliente', 'Destinatario'],
    vat: ['P. IVA', 'Partita IVA', 'P.IVA'],
    columns: {
      pos: ['N.'],
      article: ['Codice', 'Cod. articolo'],
      name: ['Descrizione', 'Prodotto', 'Articolo'],
      quantity: ['Quantità', 'Q.tà'],
      price: ['Prezzo', 'Prezzo unitario', 'Prezzo unit.'],
      rate: ['IVA', 'Aliquota', '% IVA'],
      amount: ['Importo', 'Totale', 'Imponibile'],
    },
    goods: [
      'Mensola rovere 80 cm',
      'Prolunga 25 m',
      'Sopralluogo',
      'Toner nero',
      'Guarnizione finestra',
      'Guanti da lavoro',
      'Pittura bianca 5 l',
      'Cartuccia filtro',
    ],
    net: ['Imponibile', 'Totale imponibile', 'Totale netto', 'Subtotale'],
    tax: ['IVA {r}%', 'IVA ({r}%)', 'Imposta {r}%', 'Totale IVA {r}%'],
    within: ['di cui IVA {r}%'],
    total: ['Totale fattura', 'Totale', 'Totale documento', 'Netto a pagare', 'TOTALE DA PAGARE'],
    shipping: ['Spese di spedizione', 'Trasporto', 'Spese di trasporto'],
    surcharge: ['Spese di incasso', 'Supplemento carburante', 'Spese amministrative'],
    paid: ['Acconto', 'Acconto versato', 'Già pagato'],
    left: ['Saldo da pagare', 'Residuo da pagare', 'Netto a pagare'],
    all_in: ['Importi in {c}', 'Tutti gli importi sono in {c}.', 'Valuta: {c}'],
    thanks: ['Grazie per la fiducia.'],
    untaxed: ['0%', 'esente'],
    discount: ['Sconto', 'Sconto commerciale'],
    units: ['pz', 'ore', 'conf.'],
    deliver: ['Luogo di consegna', 'Destinazione merce'],
    sentences: ['Con pagamento entro 7 giorni: {d}.', 'Spese di sollecito: {f}.'],
  },
  nl: {
    ...euro,
    locale: 'nl-NL',
    country: 'NL',
    sample: '1.234,50',
    days: ['DD-MM-YYYY', 'D MMMM YYYY', 'DD/MM/YYYY'],
    rates: [21, 9],
    firms: [
      ['Timmerbedrijf Hoekstra B.V.', 'Havenkade 17', '8921 GH Leeuwarden'],
      ['Kantoorhandel Peeters', 'Molenstraat 3', '5211 DR Den Bosch'],
      ['Waterland Techniek B.V.', 'Dorpsweg 140', '1131 KB Volendam'],
    ],
    title: ['Factuur', 'FACTUUR'],
    number: ['Factuurnummer', 'Factuurnr.', 'Factuur nr.'],
    date: ['Factuurdatum', 'Datum'],
    due: ['Vervaldatum', 'Te betalen voor', 'Uiterste betaaldatum'],
    customer: ['Klantnummer', 'Debiteurnummer'],
    order: ['Bestelnummer', 'Uw ordernummer'],
    period: ['Periode', 'Leveringsperiode'],
    to: ['Factuur aan', 'Klant', 'Factuuradres'],
    vat: ['Btw-nummer', 'BTW-nr.', 'Btw-id'],
    columns: {
      pos: ['Nr.'],
      article: ['Artikelnr.', 'Code'],
      name: ['Omschrijving', 'Artikel', 'Dienst'],
      quantity: ['Aantal'],
      price: ['Prijs', 'Stukprijs', 'Tarief'],
      rate: ['Btw', 'BTW %'],
      amount: ['Bedrag', 'Totaal', 'Netto bedrag'],
    },
    goods: [
      'Eiken plank 80 cm',
      'Kabelhaspel 25 m',
      'Bezoek op locatie',
      'Toner zwart',
      'Raamrubber',
      'Werkhandschoenen',
      'Muurverf wit 5 l',
      'Filterpatroon F7',
    ],
    net: ['Subtotaal', 'Totaal excl. btw', 'Netto', 'Totaal exclusief btw'],
    tax: ['Btw {r}%', '{r}% btw', 'BTW ({r}%)'],
    within: ['waarvan btw {r}%', 'inclusief {r}% btw'],
    total: ['Totaal', 'Te betalen', 'Totaal incl. btw', 'Factuurbedrag', 'Totaalbedrag'],
    shipping: ['Verzendkosten', 'Bezorgkosten', 'Transportkosten'],
    surcharge: ['Brandstoftoeslag', 'Administratiekosten', 'Toeslag kleine order'],
    paid: ['Aanbetaling', 'Reeds betaald', 'Voorschot'],
    left: ['Nog te betalen', 'Restbedrag', 'Te betalen'],
    all_in: ['Alle bedragen in {c}', 'Bedragen luiden in {c}.', 'Valuta: {c}'],
    thanks: ['Dank voor uw opdracht.'],
    untaxed: ['0%', 'vrij'],
    discount: ['Korting', 'Klantkorting'],
    units: ['stuks', 'uur', 'dozen'],
    deliver: ['Afleveradres', 'Bezorgadres'],
    sentences: ['Bij betaling binnen 7 dagen: {d}.', 'Aanmaningskosten: {f}.'],
  },
}

/** Currencies in words, by language. */
export const inWords: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  en: {
    EUR: ['euro', 'Euros'],
    USD: ['US dollars', 'U.S. Dollars'],
    GBP: ['pounds sterling', 'British pounds'],
    CHF: ['Swiss francs'],
  },
  de: { EUR: ['Euro', 'EURO'], USD: ['US-Dollar'], CHF: ['Schweizer Franken'], GBP: ['Britischen Pfund'] },
  fr: { EUR: ['euros', 'Euro'], CHF: ['francs suisses'], USD: ['dollars américains'] },
  es: { EUR: ['euros'], USD: ['dólares estadounidenses'] },
  it: { EUR: ['euro'], CHF: ['franchi svizzeri'] },
  nl: { EUR: ['euro', "euro's"], USD: ['Amerikaanse dollar'] },
}

/** Who gets the neighbours. */
export const receivers = [
  ['Lindqvist & Moor Handels GmbH', 'Torfkanal 9', '28215 Bremen', 'DE'],
  ['Vantage Orchard Holdings Ltd', '31 Foundry Street', 'Derby DE1 1LW', 'GB'],
  ['Millrace Analytics Inc', '900 Granite Way', 'Concord, NH 03301', 'US'],
] as const
