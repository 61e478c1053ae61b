import { activityInfo, getClient } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { copyFailure } from '../../src/common/failure';
import { askForAttributes } from '../../src/temporal/namespace-attributes';
import type { AttributeNames } from '../../src/core/attributes';
import { isObject } from '../../src/core/values';

/**
 * Reports back the `options` that a workflow sends along, with the answer or, in a failure, as `details[1].options`. They are then part of its
 * history and apply in every replay, whatever the defaults are at that time. If the workflow asks about search attributes, the server's report is
 * added: what is wrong with them, or null.
 */
export async function reportBack(input: object, answering: () => Promise<unknown>): Promise<unknown> {
  const { options, searchAttributes } = input as { options?: unknown; searchAttributes?: unknown };
  const asking = async () =>
    isObject(searchAttributes)
      ? askForAttributes(getClient(), activityInfo().namespace, searchAttributes as AttributeNames)
      : undefined;
  const [answer, asked] = await Promise.allSettled([answering(), asking()]);
  const told = asked.status === 'fulfilled' ? asked.value : undefined;
  const back = {
    ...(isObject(options) && { options }),
    ...(told !== undefined && { searchAttributesError: told }),
  };
  if (answer.status === 'fulfilled') return isObject(answer.value) ? { ...answer.value, ...back } : answer.value;
  const reason: unknown = answer.reason;
  throw reason instanceof ApplicationFailure && Object.keys(back).length > 0 ? withDetails(reason, back) : reason;
}

function withDetails(failure: ApplicationFailure, back: object): ApplicationFailure {
  const [first = null, second, ...others] = failure.details ?? [];
  return copyFailure(failure, { details: [first, { ...(isObject(second) && second), ...back }, ...others] });
}
