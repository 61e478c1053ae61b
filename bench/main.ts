/**
 * `npm run bench`: every bench, or those named: `npm run bench -- schedule history`. `--waits` and `--rounds` make the load smaller or
 * larger; `--minutes` and `--queued` have the watch measured for longer, and with so many queued jobs; `--documents` is for the batch.
 * Prints a table of each. Those of a bench that measured all that its goals are set for are written to `bench/results`, too.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as batch from './batch';
import * as bundle from './bundle';
import * as calls from './calls';
import * as client from './client';
import * as history from './history';
import * as load from './load';
import { isFull, print, summary, toText, type Goal, type Report } from './report';
import * as schedule from './schedule';
import * as transfer from './transfer';
import * as watch from './watch';
import * as webhooks from './webhooks';

const RESULTS = join(__dirname, 'results');

type Options = load.LoadOptions & watch.WatchBenchOptions & batch.BatchBenchOptions;

const BENCHES: Record<string, (options: Options) => Promise<Report>> = {
  bundle: bundle.run,
  schedule: schedule.run,
  history: history.run,
  client: clientReport,
  load: load.run,
  calls: calls.run,
  transfer: transfer.run,
  webhooks: webhooks.run,
  watch: watch.run,
  batch: batch.run,
};

async function main(args: string[]): Promise<void> {
  const { names, options } = parse(args);
  const commit = execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim(); // before it is dirty by results
  const goals: Goal[] = [];
  const notMeasured: string[] = [];
  for (const name of names) {
    try {
      const report = await BENCHES[name]!(options);
      print(report);
      if (isFull(report)) await save(report, commit, args);
      goals.push(...report.goals);
    } catch (error) {
      console.error(`\n${name}:`, error);
      notMeasured.push(name);
      process.exitCode = 1;
    }
  }
  console.log(`\n${summary(goals, notMeasured)}. Figures: ${RESULTS}`);
}

function parse(args: string[]): { names: string[]; options: Options } {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      waits: { type: 'string' },
      rounds: { type: 'string' },
      minutes: { type: 'string' },
      queued: { type: 'string' },
      documents: { type: 'string' },
    },
  });
  const unknown = positionals.filter((name) => !Object.hasOwn(BENCHES, name));
  const known = Object.keys(BENCHES);
  if (unknown.length > 0) throw new Error(`Unknown bench ${unknown.join(', ')}; known are ${known.join(', ')}.`);
  return {
    names: positionals.length > 0 ? positionals : known,
    options: {
      waits: count('waits', values.waits),
      rounds: count('rounds', values.rounds),
      minutes: count('minutes', values.minutes),
      queued: count('queued', values.queued),
      documents: count('documents', values.documents),
    },
  };
}

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`--${name} must be a whole number above 0; got '${text}'.`);
  return value;
}

async function clientReport(): Promise<Report> {
  const { name, rows } = await client.run();
  const [small, ...larger] = rows;
  return {
    name,
    tables: [
      {
        rows: rows.map(({ files, clientUs, fetchUs, ratio }) => ({
          'files in the answer': files,
          'getJob, µs': clientUs,
          'fetch + JSON.parse, µs': fetchUs,
          ratio,
        })),
      },
    ],
    goals: [{ what: `CPU of fetch ÷ CPU of getJob, ${small!.files} files`, value: small!.ratio, atLeast: 3 }],
    notes: [`No goal is set for ${larger.map(({ files }) => files).join(', ')} files.`],
  };
}

/** With all that one must know to repeat it. */
async function save({ name, ...report }: Report, commit: string, args: readonly string[]): Promise<void> {
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
  const measured = `Measured on ${new Date().toISOString().slice(0, 10)} from ${commit}, by Node ${process.version} on ${machine}.`;
  await mkdir(RESULTS, { recursive: true });
  await writeFile(
    join(RESULTS, `${name}.txt`),
    `npm run bench -- ${args.join(' ')}\n${measured}\n\n${toText(report)}\n`,
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
