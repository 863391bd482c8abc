/** Members of the European Union, whose VAT is one system (Directive 2006/112/EC). Greece is GR here, also where VAT numbers say EL. */
export const euMembers: ReadonlySet<string> = new Set(
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE'.split(' '),
)
