import type { KeyedBatchInput } from '../../common/inputs';
import { isObject } from '../../core/values';

/** The options of a batch that two commands with the same key may set differently. */
const MAY_DIFFER = ['parallel', 'tolerated'] as const;

/** Field of the memo that holds these options of the command that started the batch. */
const OPTIONS_MEMO = 'unstructured.run';

export function memoOfOptions(batch: KeyedBatchInput): Record<string, unknown> {
  return { [OPTIONS_MEMO]: Object.fromEntries(MAY_DIFFER.map((name) => [name, batch[name] ?? null])) };
}

/**
 * Says which options of a batch that was joined differ from those of this command.
 * @returns undefined if none do, or if another program than this one started the batch
 */
export function joinedOptions(batch: KeyedBatchInput, memo: Record<string, unknown> = {}): string | undefined {
  const told = memo[OPTIONS_MEMO];
  if (!isObject(told)) return undefined;
  const held = Object.entries(told);
  const differing = MAY_DIFFER.flatMap((name) => {
    const [, value = null] = held.find(([one]) => one === name) ?? [];
    if (value === (batch[name] ?? null)) return [];
    return value === null ? [`without --${name}`] : [`with --${name} ${String(value)}`];
  });
  if (differing.length === 0) return undefined;
  return `This batch is already running, ${differing.join(' and ')}. That holds until it ends.\n`;
}
