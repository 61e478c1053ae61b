import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { activityInfo, heartbeat } from '@temporalio/activity';
import { otherBatch } from '../../src/core/batch/join';
import { invalidInput } from '../../src/core/errors';
import { leftOutLine } from '../../src/core/batch/manifest-lines';
import { shownDocuments, toLocations } from '../../src/core/batch/manifest';
import type { BatchPlan, PlanAnswer, PlanRequest } from '../../src/core/batch/plan';
import type { PlannedDocument } from '../../src/core/batch/records';
import { JobSplitter } from '../../src/core/batch/split';
import { shownReference } from '../../src/core/reference';
import { isUnique } from '../../src/core/run/output-names';
import { type DocumentPage, documentPages, type DocumentsPort, withDistinctPaths } from './documents';
import { earlierFields } from './earlier-batch';
import { KnownContents } from './known-contents';
import { LeftOutList } from './left-out';
import { finishedJobs } from './finished-jobs';
import { forEachPart } from './for-each-part';
import { outputCheck } from './check-outputs';
import { BatchRecords } from './records';

/** What one attempt leaves to the next: how far its listing came, and the plan up to there. */
interface PlanMemory {
  after: string;
  plan: BatchPlan;
  /** Documents of the job that is not full yet. */
  open: PlannedDocument[];
}

/** Maximum number of jobs of a batch. Continue-as-new and each heartbeat carry the sizes of all jobs. */
const MOST_JOBS = 50_000;

/**
 * One attempt to plan a batch. It only writes parts under its own id. So an attempt that Temporal has given up without its knowledge changes nothing
 * that another attempt wrote. The batch uses the plan whose answer Temporal accepted. Another activity writes that plan, and each attempt of it
 * writes the same.
 */
export class Planner {
  readonly #storage: DocumentsPort;
  readonly #request: PlanRequest;
  #before: PlanMemory | undefined;
  #splitter: JobSplitter;
  #plan: BatchPlan;
  /** Details for heartbeats. */
  memory: PlanMemory | undefined;

  constructor(storage: DocumentsPort, request: PlanRequest) {
    this.#storage = storage;
    this.#request = request;
    const told = (activityInfo().heartbeatDetails ?? request.memory) as Partial<PlanMemory> | undefined;
    this.#before = told?.plan && (told as PlanMemory); // no details exist before the first page
    this.memory = this.#before;
    this.#splitter = new JobSplitter(request, this.#before?.open);
    this.#plan = this.#before ? takenOver(this.#before.plan) : beginPlan(request);
  }

  /**
   * Returns the existing plan of this key, or a new one whose parts are all written.
   * @throws ApplicationFailure `UnstructuredValidationError` if the existing plan is for something else
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
    const known = await KnownContents.read(this.#storage, toLocations(this.#request.unlessIn), signal);
    const reasonByOutput = await outputCheck(this.#storage, this.#request);
    const pages = await this.#pages(signal);
    const list = await leftOutBefore(records, this.#before, this.#request);
    for await (const { documents, leftOut, last, listedAt } of pages) {
      await setImmediate(); // heartbeats may be due
      const { batch } = this.#plan;
      if (listedAt !== undefined && batch) this.#plan = { ...this.#plan, batch: { ...batch, listedAt } };
      list.add(leftOut);
      const jobs: (PlannedDocument[] | null)[] = [];
      for (const document of documents) {
        const reason = known.reasonFor(document) ?? (await reasonByOutput(document));
        if (reason) list.add([leftOutLine(document, reason)]);
        else jobs.push(this.#splitter.add(document));
      }
      await this.#write(records, jobs, signal);
      if (last === undefined) continue;
      await this.#tellLeftOut(records, list);
      this.#remember(last);
    }
    await this.#write(records, [this.#splitter.close()], signal);
    await this.#tellLeftOut(records, list);
  }

  /**
   * If a template decides the names of the outputs, all documents are read before the first one is planned, because names in different jobs may
   * clash. What an earlier attempt planned is used if the documents are the same.
   */
  async #pages(signal: AbortSignal): Promise<AsyncIterable<DocumentPage> | DocumentPage[]> {
    const { name: template, to } = this.#request;
    const pages = (after?: string) => documentPages(this.#storage, this.#request, signal, after);
    if (template === undefined || isUnique(template)) return pages(this.#before?.after);
    const all = await withDistinctPaths(this.#storage, pages(), { template, to });
    const planned = all.findIndex(({ last }) => last === this.#before?.after) + 1;
    if (planned === 0) this.#startOver();
    return all.slice(planned);
  }

  #startOver(): void {
    this.#before = undefined;
    this.#splitter = new JobSplitter(this.#request);
    this.#plan = beginPlan(this.#request);
  }

  async #tellLeftOut(records: BatchRecords, leftOut: LeftOutList): Promise<void> {
    this.#plan = { ...this.#plan, leftOut: leftOut.counts };
    const lines = leftOut.toWrite();
    if (lines) await records.writeLeftOut(lines, this.#plan.id);
  }

  async #write(records: BatchRecords, split: (PlannedDocument[] | null)[], signal: AbortSignal): Promise<void> {
    const added = split.filter((documents) => documents !== null);
    const { id, jobs, documents, sizes } = this.#plan;
    if (jobs + added.length > MOST_JOBS) throw tooMany();
    await forEachPart(added.length, signal, (n) => records.writePlanned(id, jobs + n, added[n - 1] ?? []));
    const more = added.map(({ length }) => length);
    this.#plan = {
      ...this.#plan,
      jobs: jobs + added.length,
      documents: more.reduce((sum, size) => sum + size, documents),
      sizes: [...sizes, ...more],
    };
  }

  /** Heartbeats contain no reference that may hold a secret. A listing with such references starts over. */
  #remember(after: string): void {
    const open = [...this.#splitter.open];
    const mayShow = (text: string) => shownReference(text) === text;
    if (!mayShow(after) || !open.every(({ ref }) => mayShow(ref))) return;
    this.memory = { after, plan: this.#plan, open };
    heartbeat(this.memory);
  }
}

function beginPlan(request: PlanRequest): BatchPlan {
  const { digest, key, documents } = request;
  const listedAt = new Date().toISOString();
  const batch = { key, listedAt, ...earlierFields(request), options: shownDocuments(documents) };
  return { version: 1, id: randomUUID(), earlier: [], digest, batch, jobs: 0, documents: 0, sizes: [], leftOut: {} };
}

/** Continues the plan of an earlier attempt. That attempt may still write parts, so further parts get a new id. */
function takenOver(plan: BatchPlan): BatchPlan {
  const { id, jobs, earlier } = plan;
  const isMore = jobs > (earlier.at(-1)?.jobs ?? 0);
  return {
    ...plan,
    id: randomUUID(),
    earlier: isMore ? [...earlier, { id, jobs }] : earlier,
  };
}

/** The entries that an earlier attempt left out, up to the point where this one continues. */
async function leftOutBefore(
  records: BatchRecords,
  before: PlanMemory | undefined,
  { documents: asked }: PlanRequest,
): Promise<LeftOutList> {
  const { id = '', leftOut = {} } = before?.plan ?? {};
  const from = asked && 'from' in asked ? 'folder' : 'named';
  return new LeftOutList(from, leftOut, Object.keys(leftOut).length > 0 ? await records.leftOut(id) : []);
}

function tooMany(): Error {
  return invalidInput(
    `The documents need more than ${MOST_JOBS} jobs, the maximum for a batch: split them among several keys, such as by folder.`,
  );
}
