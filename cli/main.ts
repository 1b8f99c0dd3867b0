#!/usr/bin/env node
import { run } from './run.ts';
import { quietWarnings } from './warnings.ts';

quietWarnings(process);

process.exitCode = await run(process.argv.slice(2));
