import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common';
import type { AttributeNames, AttributeValues } from '../core/attributes';

/** Search attributes in the form that Temporal takes at the start of a workflow. */
export function searchAttributePairs(names: AttributeNames, values: Partial<AttributeValues>): SearchAttributePair[] {
  return Object.entries<string | number | null | undefined>(values).flatMap(([key, value]) => {
    const name = names[key as keyof AttributeNames];
    if (value === null || value === undefined) return [];
    return typeof value === 'number'
      ? { key: defineSearchAttributeKey(name, SearchAttributeType.DATETIME), value: new Date(value) }
      : { key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD), value };
  });
}
