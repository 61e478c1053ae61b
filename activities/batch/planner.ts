import { randomUUID } from 'node:crypto';
import { activityInfo, heartbeat } from '@temporalio/activity';
import { otherBatch } from '../../src/core/batch/join';
import { invalidInput } from '../../src/core/errors';
import type { BatchPlan, PlanAnswer, PlanRequest } from '../../src/core/batch/plan';
import type { PlannedDocument } from '../../src/core/batch/records';
import { JobSplitter } from '../../src/core/batch/split';
import { shownReference } from '../../src/core/reference';
import { isUnique } from '../../src/core/run/output-names';
import { type DocumentPage, documentPages, type DocumentsPort, withDistinctPaths } from './documents';
import { KnownContents } from './known-contents';
import { LeftOutList } from './left-out';
import { BatchRecords } from './records';
import { finishedJobs } from './finished-jobs';

/** What an attempt leaves to the next: how far its listing came, and what it made of that. */
interface PlanMemory {
  after: string;
  plan: BatchPlan;
  /** Documents of the job that is not full yet. */
  open: PlannedDocument[];
}

/** Most jobs of a batch: their number is carried by what continues as new, and told by each heartbeat. */
const MOST_JOBS = 50_000;

/**
 * One attempt to plan a batch. It writes parts under an id of its own, and no more: one that Temporal gave up, and does not know it, changes
 * nothing of what another one made. The batch goes by the plan that Temporal took, and writes it by an activity that any attempt performs the
 * same.
 */
export class Planner {
  readonly #storage: DocumentsPort;
  readonly #request: PlanRequest;
  readonly #before: PlanMemory | undefined;
  readonly #splitter: JobSplitter;
  #plan: BatchPlan;
  #leftOut = new LeftOutList();
  /** What heartbeats tell. */
  memory: PlanMemory | undefined;

  constructor(storage: DocumentsPort, request: PlanRequest) {
    this.#storage = storage;
    this.#request = request;
    const told = (activityInfo().heartbeatDetails ?? request.memory) as Partial<PlanMemory> | undefined;
    this.#before = told?.plan && (told as PlanMemory); // before the first page there is none
    this.memory = this.#before;
    this.#splitter = new JobSplitter(request, this.#before?.open);
    this.#plan = this.#before ? takenOver(this.#before.plan) : beginPlan(request);
  }

  /**
   * The plan of this key: the one that is there, or a new one, all of whose parts are there.
   * @throws ApplicationFailure `UnstructuredValidationError` where the one that is there is another one
   */
  async run(signal: AbortSignal): Promise<PlanAnswer> {
    const records = BatchRecords.of(this.#storage, this.#request, signal);
    const there = await this.#found(records);
    if (there) return { plan: there, finished: await finishedJobs(records, there, signal) };
    await this.#split(records, signal);
    return { plan: this.#plan, finished: null };
  }

  async #found(records: BatchRecords): Promise<BatchPlan | undefined> {
    const { digest, key } = this.#request;
    const there = await records.plan();
    if (!there || there.digest === digest) return there;
    throw otherBatch(key);
  }

  async #split(records: BatchRecords, signal: AbortSignal): Promise<void> {
    const { unlessIn } = this.#request;
    const known = unlessIn === undefined ? null : await KnownContents.read(this.#storage, unlessIn, signal);
    this.#leftOut = await leftOutBefore(records, this.#before);
    for await (const { entries, leftOut, last } of this.#pages(signal)) {
      this.#leftOut.add(leftOut);
      for (const { document, listedPath = '' } of entries) {
        const reason = known?.reasonFor(document);
        if (reason) this.#leftOut.add([{ path: listedPath, reason }]);
        else await this.#take(records, this.#splitter.add(document));
      }
      if (last === undefined) continue;
      await this.#tellLeftOut(records);
      this.#remember(last);
    }
    await this.#take(records, this.#splitter.close());
    await this.#tellLeftOut(records);
  }

  /** Where outputs have names by a template, all documents are seen before the first is planned: names of several jobs may clash. */
  #pages(signal: AbortSignal): AsyncIterable<DocumentPage> {
    const { name } = this.#request;
    const pages = documentPages(this.#storage, this.#request, signal, this.#before?.after);
    return name === undefined || isUnique(name) ? pages : withDistinctPaths(pages, name);
  }

  async #tellLeftOut(records: BatchRecords): Promise<void> {
    this.#plan = { ...this.#plan, leftOut: this.#leftOut.counts };
    const lines = this.#leftOut.toWrite();
    if (lines) await records.writeLeftOut(lines, this.#plan.id);
  }

  async #take(records: BatchRecords, documents: PlannedDocument[] | null): Promise<void> {
    if (!documents) return;
    const { id, jobs } = this.#plan;
    if (jobs === MOST_JOBS) throw tooMany();
    await records.writePlanned(id, jobs + 1, documents);
    this.#plan = {
      ...this.#plan,
      jobs: jobs + 1,
      documents: this.#plan.documents + documents.length,
    };
    this.#plan.sizes.push(documents.length);
  }

  /** Heartbeats contain no reference that may hold a secret: such a listing starts over. */
  #remember(after: string): void {
    const open = [...this.#splitter.open];
    const mayShow = (text: string) => shownReference(text) === text;
    if (!mayShow(after) || !open.every(({ ref }) => mayShow(ref))) return;
    this.memory = { after, plan: structuredClone(this.#plan), open };
    heartbeat(this.memory);
  }
}

function beginPlan({ digest }: PlanRequest): BatchPlan {
  return { version: 1, id: randomUUID(), earlier: [], digest, jobs: 0, documents: 0, sizes: [], leftOut: {} };
}

/** Continues the plan of an earlier attempt. That attempt may still write parts, so further parts get a new id. */
function takenOver(plan: BatchPlan): BatchPlan {
  const { id, jobs, earlier } = plan;
  const isMore = jobs > (earlier.at(-1)?.jobs ?? 0);
  return {
    ...structuredClone(plan),
    id: randomUUID(),
    earlier: isMore ? [...earlier, { id, jobs }] : [...earlier],
  };
}

/** What an earlier attempt left out, up to where this one continues it. */
async function leftOutBefore(records: BatchRecords, before: PlanMemory | undefined): Promise<LeftOutList> {
  const { id = '', leftOut = {} } = before?.plan ?? {};
  return new LeftOutList(leftOut, Object.keys(leftOut).length > 0 ? await records.leftOut(id) : []);
}

function tooMany(): Error {
  return invalidInput(
    `The documents need more than ${MOST_JOBS} jobs, the maximum for a batch: split them among several keys, such as by folder.`,
  );
}
