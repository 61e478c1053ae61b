#!/usr/bin/env node
import { run } from './dispatch';

void run(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
