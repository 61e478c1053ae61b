import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';
import type { AttributeValues } from '../../src/core/wait/attributes';
import { attributesTold, attributesToTell } from '../../src/core/wait/tell-attributes';
import type { Wait } from './wait';

/** Tells lists of workflows what changed. A name that the namespace does not have would fail the workflow's tasks for ever: a check asks before. */
export function tellAttributes(wait: Wait): void {
  const names = wait.options.searchAttributes;
  const values = names ? attributesToTell(wait.state, wait.input.account) : {};
  if (!names || Object.keys(values).length === 0) return;
  const pairs = Object.entries(values).map(([key, value]) => pair(names[key as keyof AttributeValues], value));
  upsertSearchAttributes(pairs);
  wait.state = attributesTold(wait.state, values);
}

function pair(name: string, value: AttributeValues[keyof AttributeValues]): SearchAttributeUpdatePair {
  if (typeof value !== 'number') return { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value };
  return { key: defineSearchAttributeKey(name, SearchAttributeType.DATETIME), value: new Date(value) };
}
