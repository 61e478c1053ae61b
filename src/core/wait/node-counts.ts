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

/** Shortest time between two counts, the marks of a stall limit aside, in milliseconds. Histories depend on it. */
const LEAST_APART_MS = 60_000;

/** How often files are counted within a stall limit. Histories depend on it. */
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
  /** From when on the next step is a count. */
  dueAt: number;
  /**
   * When a sleep or a watch ends for it: at half of the stall limit and at its end, or half of it after a count that said nothing of them.
   * Infinity without that limit.
   */
  markAt: number;
}

/** null where nobody asks for counts, or the job does not run. A count that brought nothing is repeated as after one that did. */
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

/** When the stall limit of a running job passes; null where no counts say so. A check has to begin after the count that confirms it. */
export function stallLimitAt(state: WaitState, options: CountOptions): number | null {
  const { stallLimit } = options;
  const { unchanged } = state.nodes ?? NONE;
  if (stallLimit === null || !unchanged) return null;
  const { since, until } = unchanged;
  return until - since >= stallLimit ? until : Math.max(since + stallLimit, countPlan(state, options)?.markAt ?? 0);
}

/** Whether files stand where they stood for half of the stall limit, and the job runs. */
export function isStalled(state: WaitState): boolean {
  return verdictOfState(state) === 'running' && (state.nodes ?? NONE).stalled;
}

/** What is known of files that stand still; null where nothing is. */
export function stallReport({ nodes }: WaitState): StallReport | null {
  if (!nodes?.unchanged || !nodes.stats) return null;
  return { since: isoTime(nodes.unchanged.since), nodeStats: nodes.stats };
}

/** From now on files are counted to be shown. */
export function showingCounts(state: WaitState): WaitState {
  return { ...state, nodes: { ...NONE, ...state.nodes, shown: true } };
}

/** A check was answered: where the job runs again, or at last, nothing is known to stand still. */
export function nodesAfterAnswer({ job: before, nodes }: WaitState, { status }: JobSummary): { nodes?: NodesState } {
  if (!nodes || status === before?.status || verdictOf(status) !== 'running') return {};
  return { nodes: { ...nodes, unchanged: null, stalled: false } };
}

/** What came of a count: the answer of an activity, or why there is no answer. */
export type CountOutcome = { answer: unknown } | { error: string };

/** Files were counted: asked for at `askedAt`, and reported `now`. What brings no counts says nothing of a stall. */
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

/** A mock, or another worker's activity, may answer anything; and of what the API says, only counts that are whole can stand still. */
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
