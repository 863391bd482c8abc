/**
 * Units as people write them in ten languages, and their codes (UN/ECE recommendation 20). Words are compared without capitals, full stops
 * and blanks around them.
 */
const words: Readonly<Record<string, string>> = {
  HUR: 'h hr hrs hour hours std stunde stunden heure heures uur uren hora horas ora ore ساعة ساعات שעה שעות godz godzina godziny godzin',
  DAY: 'd day days tag tage personentag personentage jour jours dag dagen día días dia dias giorno giorni يوم أيام יום ימים dzień dni',
  WEE: 'week weeks woche wochen semaine semaines weken semana semanas settimana settimane أسبوع שבוע שבועות tydzień tygodnie tygodni',
  MON: 'month months monat monate mois maand maanden mes meses mês mese mesi شهر أشهر חודש חודשים miesiąc miesiące miesięcy',
  ANN: 'year years jahr jahre an ans année années jaar jaren año años ano anos anno anni سنة שנה שנים rok lata lat',
  MIN: 'min minute minutes minuten minuut minuto minutos minuti دقيقة דקה דקות minuta minuty minut',
  SEC: 's sec second seconds sekunde sekunden seconde secondes segundo segundos secondo secondi sekunda sekundy sekund',
  H87: 'piece pieces pc pcs pce stück stücke stk stck pièce pièces pce stuk stuks st pieza piezas pza ud uds unidad unidades peça peças pezzo pezzi pz قطعة קטע יחידה יחידות szt sztuka sztuki sztuk',
  C62: 'unit units each ea one item items einheit einheiten unité unités eenheid eenheden un und unità وحدة jednostka',
  SET: 'set sets satz sätze jeu jeux juego juegos jogo komplet komplety kpl zestaw zestawy',
  PR: 'pair pairs paar paare paire paires par pares paio paia para pary',
  KGM: 'kg kilogram kilograms kilogramm kilogramme kilogrammes kilogramo kilogramos quilograma quilogramas chilogrammo chilogrammi كجم ק"ג kilogramy kilogramów',
  GRM: 'g gram grams gramm gramme grammes gramo gramos grama gramas grammo grammi gramy gramów',
  MGM: 'mg',
  TNE: 't ton tons tonne tonnes tonnen tonnellata tonnellate tonelada toneladas tona tony',
  LTR: 'l liter litre liters litres litro litros litri لتر ליטר litry litrów',
  MLT: 'ml milliliter millilitre',
  MTR: 'm meter metre meters metres mètre mètres metro metros metri متر מטר metry metrów',
  CMT: 'cm centimeter centimetre zentimeter',
  MMT: 'mm millimeter millimetre',
  KMT: 'km kilometer kilometre kilometers kilometres kilomètre kilomètres quilómetro quilómetros kilómetro kilómetros chilometro chilometri كم ק"מ kilometr kilometry kilometrów',
  MTK: 'm² m2 qm sqm square quadratmeter',
  MTQ: 'm³ m3 cbm kubikmeter',
  KWH: 'kwh kilowattstunde kilowattstunden',
  LS: 'lump lumpsum pauschal pauschale psch forfait forfaitaire forfaits vast alzado global cuerpo ryczałt',
  E48: 'service services dienstleistung leistung prestation prestations dienst servicio servicios serviço serviços servizio servizi usługa usługi usług',
  XPK: 'pack packs package packages packung paket pakete paquet paquets pak pakket paquete paquetes pacote pacotes pacco pacchi opakowanie opakowania opak paczka paczki',
  XBX: 'box boxes karton kartons kiste kisten boîte boîtes doos dozen caja cajas caixa caixas scatola scatole kartony pudełko pudełka',
  XPX: 'pallet pallets palette paletten palet palés paleta palety',
  XRO: 'roll rolls rolle rollen rouleau rouleaux rollo rollos rolo rolos rotolo rotoli rolka rolki',
  XBG: 'bag bags sack säcke sac sacs zak zakken bolsa bolsas saco sacos sacco sacchi worek worki',
  XBO: 'bottle bottles flasche flaschen bouteille bouteilles fles flessen botella botellas garrafa garrafas bottiglia bottiglie butelka butelki',
  P1: '% percent prozent',
  ZP: 'page pages seite seiten strona strony stron',
}
/** Units of several words. */
const phrases: Readonly<Record<string, string>> = {
  'lump sum': 'LS',
  'vaste prijs': 'LS',
  'tanto alzado': 'LS',
  'a corpo': 'LS',
  'person day': 'DAY',
  'man day': 'DAY',
  'square meter': 'MTK',
  'square metre': 'MTK',
  'cubic meter': 'MTQ',
  'cubic metre': 'MTQ',
}

const byWord = new Map(Object.entries(words).flatMap(([code, list]) => list.split(' ').map((word) => [word, code] as const)))

/** Codes that people may write themselves. */
export const knownUnits: ReadonlySet<string> = new Set([
  ...Object.keys(words),
  ...'EA DZN NAR NPR CEN MIL GWH MWH WHR KWT KVT HLT DMT INH FOT YRD LBR ONZ GLL SMI MTS HAR QAN ACT AS DPC NMP XCT XPA XUN ZZ'.split(
    ' ',
  ),
])

/** The code of a unit by its name; `one` (C62) for words that nobody knows, and where no unit is named. */
export function unitCode(name: string | null | undefined): string {
  const own = name?.trim() ?? ''
  const word = own.toLowerCase().replace(/\.$/, '').replace(/\s+/g, ' ')
  return byWord.get(word) ?? phrases[word] ?? (knownUnits.has(own) ? own : 'C62')
}
