import { table } from '../../../platform/database/rows.ts'
import { UnitResponse } from './measure-units.schema.ts'

export const measureUnitTable = table('measure_units', UnitResponse, { noun: 'Measure unit' })
