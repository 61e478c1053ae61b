#!/usr/bin/env node
import { dispatch } from './dispatch';

void dispatch(process.argv.slice(2)).then((exitCode) => process.exit(exitCode));
