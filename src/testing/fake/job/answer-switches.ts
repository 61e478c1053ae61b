import { z } from 'zod';
import type { Duration } from '../../../common/duration';
import { withoutUndefined } from '../../../core/values';
import { type ParsedRule, type When, whenSchema } from '../faults/fault-rules';
import { type Fault, faults, faultSchema } from '../faults/faults';
import { durationField } from '../support/input';

/**
 * Behaviours that the real API does not document, or that were seen to vary. They can be set for the whole API and for each job; the job's value
 * takes precedence. The windows (such as `earlyNotFound`) are counted separately for each job.
 */
export interface AnswerSwitches {
  /**
   * Whether `created_at` ends in `Z`. Without an offset it means UTC. `'startOnly'`: with `Z` in the answer to a start and without it
   * later, as in all real answers seen.
   * @default 'startOnly'
   */
  createdAtOffset?: boolean | 'startOnly' | undefined;
  /**
   * `output_node_files`: in each answer, null, absent, or filled only until the job is terminal. It is also null if a file name has 240
   * characters or more, as in real answers seen.
   * @default 'always'
   */
  outputNodeFiles?: 'always' | 'null' | 'absent' | 'nullOnceTerminal' | 'absentOnceTerminal' | undefined;
  /** `input_file_ids`. @default 'always' */
  inputFileIds?: 'always' | 'null' | 'absent' | undefined;
  /**
   * Order of the files in `input_file_ids` and `output_node_files`: as given or uploaded, or a different order for each list, the same in
   * every answer about the job. The nodes of a file always stay together and in order.
   * @default 'given'
   */
  fileOrder?: 'given' | 'shuffled' | undefined;
  /** Whether output node files have `node_type` and `node_subtype`, which older servers lack. @default true */
  nodeTypes?: boolean | undefined;
  /** `job_type`, which older answers lack. @default 'always' */
  jobType?: 'always' | 'absent' | undefined;
  /** `runtime`: `PT0S` once terminal and null before, as in real answers seen; always null; or absent. @default 'zero' */
  runtime?: 'zero' | 'null' | 'absent' | undefined;
  /** Undocumented fields: true for some, or the fields themselves. @default false */
  extraFields?: boolean | Record<string, unknown> | undefined;
  /** Name of the header with the request's id, or null for none. @default 'x-request-id' */
  requestIdHeader?: string | null | undefined;
  /** How long a new job is missing from lists. @default 0 */
  listLag?: Duration | undefined;
  /** How long the outputs of a COMPLETED job are missing. @default 0 */
  outputLag?: Duration | undefined;
  /** How long the details of a job that has ended still report `IN_PROGRESS` and no failed files. @default 0 */
  detailsLag?: Duration | undefined;
  /**
   * How long the files of a running job stay at each node, one node after the other, as its details count them. After the last node the
   * counts stay the same. With 0, the files are at all nodes at once and never move.
   * @default 0
   */
  nodeTakes?: Duration | undefined;
  /** Status of the answer to a cancel of a job that has ended. @default 200 */
  cancelOfFinished?: 200 | 404 | 409 | undefined;
  /** Whether a cancel stops a job, after `cancelTakes`. A job that ends before that keeps its own end. @default 'stops' */
  cancelEffect?: 'stops' | 'nothing' | undefined;
  /** How long a job goes on after a cancel until it stops, on the fake's clock. @default 0 */
  cancelTakes?: Duration | undefined;
  /** Whether a download without a node gives the last node's output, or 404. @default 'lastNode' */
  finalOutput?: 'lastNode' | 'notFound' | undefined;
  /** How failed files name their document. @default 'name' */
  failedFileNames?: 'name' | 'fileId' | 'path' | undefined;
  /** Whether answers are compressed for clients that accept it. @default true */
  gzip?: boolean | undefined;
  /** Checks answered with 404 "Job not found", as if the job did not exist yet. @default 'never' */
  earlyNotFound?: When | undefined;
  /** Checks answered with a 404 of a gateway in front of the API. @default 'never' */
  gatewayNotFound?: When | undefined;
  /** Body of the answers by `gatewayNotFound`: an HTML page, or JSON `{"detail":"Not Found"}`. @default 'html' */
  gatewayNotFoundBody?: 'html' | 'json' | undefined;
  /** Checks whose key is refused with 401. @default 'never' */
  keyRefused?: When | undefined;
  /** Checks answered with an undocumented status. @default 'never' */
  unknownStatus?: When | undefined;
  /** Status of those answers. @default 'PAUSED' */
  unknownStatusText?: string | undefined;
}

export const answersSchema = z.strictObject({
  createdAtOffset: z.union([z.boolean(), z.literal('startOnly')], "true, false or 'startOnly'").optional(),
  outputNodeFiles: z.enum(['always', 'null', 'absent', 'nullOnceTerminal', 'absentOnceTerminal']).optional(),
  inputFileIds: z.enum(['always', 'null', 'absent']).optional(),
  fileOrder: z.enum(['given', 'shuffled']).optional(),
  nodeTypes: z.boolean().optional(),
  jobType: z.enum(['always', 'absent']).optional(),
  runtime: z.enum(['zero', 'null', 'absent']).optional(),
  extraFields: z.union([z.boolean(), z.record(z.string(), z.unknown())], 'true, false or the fields').optional(),
  requestIdHeader: z.string().min(1).nullable().optional(),
  listLag: durationField.optional(),
  outputLag: durationField.optional(),
  detailsLag: durationField.optional(),
  nodeTakes: durationField.optional(),
  cancelOfFinished: z.literal([200, 404, 409]).optional(),
  cancelEffect: z.enum(['stops', 'nothing']).optional(),
  cancelTakes: durationField.optional(),
  finalOutput: z.enum(['lastNode', 'notFound']).optional(),
  failedFileNames: z.enum(['name', 'fileId', 'path']).optional(),
  gzip: z.boolean().optional(),
  earlyNotFound: whenSchema.optional(),
  gatewayNotFound: whenSchema.optional(),
  gatewayNotFoundBody: z.enum(['html', 'json']).optional(),
  keyRefused: whenSchema.optional(),
  unknownStatus: whenSchema.optional(),
  unknownStatusText: z.string().min(1).optional(),
});

type Switches = z.output<typeof answersSchema>;

/** Switches with all defaults filled in. */
export type ParsedAnswers = { [K in keyof Switches]-?: Exclude<Switches[K], undefined> };

const NEVER = { first: 0 };

const DEFAULTS: Readonly<ParsedAnswers> = Object.freeze({
  createdAtOffset: 'startOnly',
  outputNodeFiles: 'always',
  inputFileIds: 'always',
  fileOrder: 'given',
  nodeTypes: true,
  jobType: 'always',
  runtime: 'zero',
  extraFields: false,
  requestIdHeader: 'x-request-id',
  listLag: 0,
  outputLag: 0,
  detailsLag: 0,
  nodeTakes: 0,
  cancelOfFinished: 200,
  cancelEffect: 'stops',
  cancelTakes: 0,
  finalOutput: 'lastNode',
  failedFileNames: 'name',
  gzip: true,
  earlyNotFound: NEVER,
  gatewayNotFound: NEVER,
  gatewayNotFoundBody: 'html',
  keyRefused: NEVER,
  unknownStatus: NEVER,
  unknownStatusText: 'PAUSED',
});

/** The defaults, overridden by the given switches. Later ones take precedence. */
export function mergeAnswers(...layers: Switches[]): ParsedAnswers {
  return Object.assign({}, DEFAULTS, ...layers.map(withoutUndefined)) as ParsedAnswers;
}

/** The windows among the switches, as fault rules. */
export function answerRules(answers: ParsedAnswers): ParsedRule[] {
  const rule = (when: ParsedRule['when'], fault: Fault): ParsedRule => ({ when, faults: [faultSchema.parse(fault)] });
  return [
    rule(answers.unknownStatus, faults.patch({ set: { status: answers.unknownStatusText } })),
    rule(answers.earlyNotFound, faults.status(404)),
    rule(answers.keyRefused, faults.status(401)),
    rule(
      answers.gatewayNotFound,
      answers.gatewayNotFoundBody === 'html'
        ? faults.html({ status: 404 })
        : faults.status(404, { body: { detail: 'Not Found' } }),
    ),
  ];
}
