import { figuresHold } from '../../../test/support/kept-figures.ts'

figuresHold('products')
