import { expect, onTestFinished, test } from 'vitest';
import { createDevEnvironment, createTestEnvironment } from '../../../src/testing/environment';

const DAY = 24 * 60 * 60 * 1000;

test('the time-skipping environment starts and skips a day', async () => {
  const env = await createTestEnvironment();
  onTestFinished(() => env.teardown());
  expect(env.supportsTimeSkipping).toBe(true);
  const before = await env.currentTimeMs();
  await env.sleep('1 day');
  expect((await env.currentTimeMs()) - before).toBeGreaterThanOrEqual(DAY);
});

test('the dev environment starts with the options that the SDK knows', async () => {
  const env = await createDevEnvironment({
    server: { namespace: 'documents', extraArgs: ['--search-attribute', 'Tenant=Keyword'] },
  });
  onTestFinished(() => env.teardown());
  expect(env.supportsTimeSkipping).toBe(false);
  const { customAttributes } = await env.connection.operatorService.listSearchAttributes({ namespace: 'documents' });
  expect(customAttributes).toHaveProperty('Tenant');
});

test('a wrong path names the option', async () => {
  const executable = { type: 'existing-path', path: '/nowhere/temporal' } as const;
  const refused = "the executable path is '/nowhere/temporal': no such file";
  await expect(createDevEnvironment({ server: { executable } })).rejects.toThrow(refused);
  await expect(createTestEnvironment({ server: { executable } })).rejects.toThrow(refused);
});
