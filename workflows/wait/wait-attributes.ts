import type { Health } from '../../src/core/attributes';
import { attributeValues, healthOfWait } from '../../src/core/wait/attribute-values';
import { attributesOfStart, upsertAttributes } from '../support/search-attributes';
import type { Wait } from './wait';

/** Records the search attributes that the workflow was started with as set. */
export function noteAttributesOfStart(wait: Wait): void {
  if (!wait.state.attributes)
    wait.state = { ...wait.state, attributes: attributesOfStart(wait.options.searchAttributes) };
}

export function upsertWaitAttributes(wait: Wait, health: Health = healthOfWait(wait.state)): void {
  const values = { ...attributeValues(wait.state, wait.input.account), health };
  wait.state = upsertAttributes(wait.state, wait.options.searchAttributes, values);
}
