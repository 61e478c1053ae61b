import { hashText } from '../digest';
import { cutList } from '../encoded-size';
import { isoTime } from '../instant';
import { type JobSummary, verdictOf } from '../job';
import type { NodeStats } from '../job-details';
import { isDetails } from './documents';
import type { WaitOptions } from './options';
import { type NodesState, verdictOfState, type WaitState } from './state';

/** The counts of a stalled job's files. */
export interface StallReport {
  /** When the counts were first seen with these values, ISO-8601. */
  since: string;
  /** Number of files in each state, by node; at most 100 nodes and 32 KiB. */
  nodeStats: NodeStats[];
}

/** Shortest time between two counts, except at the marks of a stall limit. In milliseconds. Histories depend on it. */
const LEAST_APART_MS = 60_000;

/** Number of counts within a stall limit. Histories depend on it. */
const COUNTS_WITHIN_LIMIT = 8;

const NONE: NodesState = Object.freeze({
  shown: false,
  askedAt: 0,
  stats: null,
  digest: null,
  unchanged: null,
  stalled: false,
  error: null,
});

type CountOptions = Pick<WaitOptions, 'stallLimit' | 'minimumGap'>;

/** When the files at each node are counted next. */
interface CountPlan {
  /** Time from which the next step is a count. */
  dueAt: number;
  /**
   * When a sleep or a watch ends for a count. That is at half of the stall limit and at its end, or half of the limit after a count that failed.
   * Infinity without a stall limit.
   */
  markAt: number;
}

/** null if no counts are needed or the job is not running. A failed count is repeated after the same time as a successful one. */
export function countPlan(state: WaitState, { stallLimit, minimumGap }: CountOptions): CountPlan | null {
  const { shown, askedAt, unchanged } = state.nodes ?? NONE;
  if (verdictOfState(state) !== 'running' || (stallLimit === null && !shown)) return null;
  const inLimit = Math.ceil((stallLimit ?? 0) / COUNTS_WITHIN_LIMIT);
  const apartAt = askedAt + (shown ? LEAST_APART_MS : Math.max(LEAST_APART_MS, inLimit));
  if (stallLimit === null) return { dueAt: apartAt, markAt: Infinity };
  const half = Math.ceil(stallLimit / 2);
  const marks = unchanged ? [unchanged.since + half, unchanged.since + stallLimit] : [];
  const mark = marks.find((at) => at > askedAt) ?? Math.max(apartAt, askedAt + half);
  const markAt = Math.max(mark, askedAt + minimumGap);
  return { dueAt: Math.min(apartAt, markAt), markAt };
}

/** When the stall limit of a running job passes; null if no counts are known. A check must begin after the count that confirms the stall. */
export function stallLimitAt(state: WaitState, options: CountOptions): number | null {
  const { stallLimit } = options;
  const { unchanged } = state.nodes ?? NONE;
  if (stallLimit === null || !unchanged) return null;
  const { since, until } = unchanged;
  return until - since >= stallLimit ? until : Math.max(since + stallLimit, countPlan(state, options)?.markAt ?? 0);
}

/** Whether the job is running and its counts have not changed for half of the stall limit. */
export function isStalled(state: WaitState): boolean {
  return verdictOfState(state) === 'running' && (state.nodes ?? NONE).stalled;
}

/** The counts that do not change; null if none are known. */
export function stallReport({ nodes }: WaitState): StallReport | null {
  if (!nodes?.unchanged || !nodes.stats) return null;
  return { since: isoTime(nodes.unchanged.since), nodeStats: nodes.stats };
}

/** Records that files are counted from now on so that the counts can be shown. */
export function showingCounts(state: WaitState): WaitState {
  return { ...state, nodes: { ...NONE, ...state.nodes, shown: true } };
}

/** After an answered check: if the job has begun to run, or runs again, no unchanged counts are known. */
export function nodesAfterAnswer({ job: before, nodes }: WaitState, { status }: JobSummary): { nodes?: NodesState } {
  if (!nodes || status === before?.status || verdictOf(status) !== 'running') return {};
  return { nodes: { ...nodes, unchanged: null, stalled: false } };
}

/** Outcome of a count: the answer of an activity, or why there is no answer. */
export type CountOutcome = { answer: unknown } | { error: string };

/** Records a count that was requested at `askedAt` and reported `now`. A failed count is no evidence of a stall. */
export function counted(
  state: WaitState,
  { stallLimit }: Pick<WaitOptions, 'stallLimit'>,
  outcome: CountOutcome,
  askedAt: number,
  now: number,
): WaitState {
  const nodes = { ...(state.nodes ?? NONE), askedAt };
  const told = 'error' in outcome ? outcome : readCounts(outcome.answer);
  if ('error' in told) return { ...state, nodes: { ...nodes, ...told } };
  const { stats, digest } = told;
  const before = nodes.digest === digest ? nodes.unchanged : null;
  const unchanged = { since: before?.since ?? now, until: before ? askedAt : now };
  const stalled = stallLimit !== null && unchanged.until - unchanged.since >= stallLimit / 2;
  return { ...state, nodes: { ...nodes, stats: cutList(stats), digest, unchanged, stalled, error: null } };
}

const COUNTS = ['ready', 'inProgress', 'success', 'failure'] as const;

/**
 * Reads the counts from an answer. A mock, or another worker's activity, may answer anything. Of the API's answers, only complete counts can show a
 * stall.
 */
function readCounts(answer: unknown): { stats: NodeStats[]; digest: string } | { error: string; stats?: NodeStats[] } {
  const error = 'The details of the job contain no counts, or not all of them';
  if (!isDetails(answer) || !answer.nodeStats.every(isNode)) return { error };
  const { processingStatus, nodeStats: stats, unreadableEntries } = answer;
  const someFile = stats.some((node) => COUNTS.some((name) => node[name] > 0));
  if (unreadableEntries || !someFile) return { error, stats: cutList(stats) };
  return { stats, digest: hashText(JSON.stringify([processingStatus, stats])) };
}

function isNode(node: Partial<Record<keyof NodeStats, unknown>>): boolean {
  const { nodeName, nodeType, nodeSubtype } = node;
  const areNames = [nodeName, nodeType, nodeSubtype].every((name) => name === null || typeof name === 'string');
  return areNames && COUNTS.every((name) => Number.isInteger(node[name]) && (node[name] as number) >= 0);
}
