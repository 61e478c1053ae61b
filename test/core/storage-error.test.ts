import { expect, it } from 'vitest';
import { UnstructuredDocumentRefusedError } from '../../src/core/document';
import { UnstructuredStorageError } from '../../src/core/storage-error';

it('tells a refused document by its reference without the query string', () => {
  const error = new UnstructuredDocumentRefusedError('https://h/a.pdf?sig=secret', 'notFound', 'there is none');
  expect(error).toMatchObject({
    name: 'UnstructuredDocumentRefusedError',
    type: 'UnstructuredDocumentRefusedError',
    message: 'Document https://h/a.pdf was refused: there is none',
    retryable: false,
    details: { ref: 'https://h/a.pdf', reason: 'notFound' },
  });
});

it.each([true, false])('keeps the cause of an output that could not be stored, retryable: %s', (retryable) => {
  const cause = new Error('disk');
  const error = new UnstructuredStorageError('full', { kind: retryable ? 'passing' : 'lasting', cause });
  expect(error).toMatchObject({ name: 'UnstructuredStorageError', message: 'full', retryable, cause });
});
