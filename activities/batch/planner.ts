import { activityInfo } from '@temporalio/activity';
import { toApplicationFailure } from '../../src/common/failure';
import { invalidInput } from '../../src/core/errors';
import type { BatchPlan, PlanRequest } from '../../src/core/batch/plan';
import type { PlannedDocument } from '../../src/core/batch/records';
import { JobSplitter } from '../../src/core/batch/split';
import { shownRef } from '../../src/core/reference';
import { isUnique } from '../../src/core/run/output-names';
import { type DocumentPage, documentPages, type DocumentsPort, KnownContents, withDistinctPaths } from './documents';
import { BatchRecords } from './records';

/** What an attempt leaves to the next: how far its listing came, and what it made of that. */
interface PlanMemory {
  after: string;
  plan: BatchPlan;
  /** Documents of the job that is not full yet. */
  open: PlannedDocument[];
}

/** One attempt to plan a batch. */
export class Planner {
  readonly #storage: DocumentsPort;
  readonly #request: PlanRequest;
  readonly #signal: AbortSignal;
  readonly #records: BatchRecords;
  readonly #before = activityInfo().heartbeatDetails as PlanMemory | undefined;
  readonly #splitter: JobSplitter;
  #plan: BatchPlan;
  /** What heartbeats tell. */
  memory: PlanMemory | undefined = this.#before;

  constructor(storage: DocumentsPort, request: PlanRequest, signal: AbortSignal) {
    this.#storage = storage;
    this.#request = request;
    this.#signal = signal;
    this.#records = BatchRecords.of(storage, request, signal);
    this.#splitter = new JobSplitter(request, this.#before?.open);
    this.#plan = this.#before?.plan ?? beginPlan(request);
  }

  /**
   * The plan of this key: the one that is there, or a new one. A plan is there once all of its parts are.
   * @throws ApplicationFailure `UnstructuredValidationError` where the one that is there is another one
   */
  async run(): Promise<BatchPlan> {
    const { digest, key } = this.#request;
    const there = await this.#records.plan();
    if (there) {
      if (there.digest === digest) return there;
      throw toApplicationFailure(
        invalidInput(
          `The batch of the key ${JSON.stringify(key)} was planned with other documents or options, and its plan stands under its outputs. ` +
            'A key stands for one batch: for another one, use a new key.',
        ),
      );
    }
    const { unlessIn } = this.#request;
    const known = unlessIn === undefined ? null : await KnownContents.read(this.#storage, unlessIn, this.#signal);
    for await (const { documents, leftOut, last } of this.#pages()) {
      this.#leaveOut(leftOut);
      for (const document of documents) {
        if (known?.has(document)) this.#leaveOut({ unchanged: 1 });
        else await this.#take(this.#splitter.add(document));
      }
      if (last !== undefined) this.#remember(last);
    }
    await this.#take(this.#splitter.close());
    await this.#records.writePlan(this.#plan);
    return this.#plan;
  }

  /** Where outputs have names by a template, all documents are seen before the first is planned: names of several jobs may clash. */
  #pages(): AsyncIterable<DocumentPage> {
    const { name } = this.#request;
    const pages = documentPages(this.#storage, this.#request, this.#signal, this.#before?.after);
    return name === undefined || isUnique(name) ? pages : withDistinctPaths(pages, name);
  }

  #leaveOut(counts: Record<string, number>): void {
    const leftOut = { ...this.#plan.leftOut };
    for (const [reason, count] of Object.entries(counts)) leftOut[reason] = (leftOut[reason] ?? 0) + count;
    this.#plan = { ...this.#plan, leftOut };
  }

  async #take(documents: PlannedDocument[] | null): Promise<void> {
    if (!documents) return;
    const { jobs, sizes } = this.#plan;
    await this.#records.writePlanned(jobs + 1, documents);
    this.#plan = {
      ...this.#plan,
      jobs: jobs + 1,
      documents: this.#plan.documents + documents.length,
      bytes: this.#plan.bytes + documents.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
      sizes: [...sizes, documents.length],
    };
  }

  /** References that may hold a secret stand in no heartbeat: such a listing begins anew. */
  #remember(after: string): void {
    const open = [...this.#splitter.open];
    if (open.every(({ ref }) => shownRef(ref) === ref)) this.memory = { after, plan: this.#plan, open };
  }
}

function beginPlan({ digest }: PlanRequest): BatchPlan {
  return { version: 1, digest, jobs: 0, documents: 0, bytes: 0, sizes: [], leftOut: {} };
}
