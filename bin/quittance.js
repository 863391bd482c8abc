#!/usr/bin/env node
// In a checkout the bundle is made when a source is newer than it; an installed package brings its bundle along.
import { existsSync } from 'node:fs'

if (existsSync(new URL('../src', import.meta.url))) await (await import('../scripts/build.mjs')).buildIfStale()
await import('../dist/cli.js')
