import { permissionsSuffice } from './sufficient.ts'

await permissionsSuffice('companies')
