// file: references are read from allowed folders only, and each trick to get out of them is refused before anything is read.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, open as openFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { Storage } from '../../src/storage/storage';
import { temporaryFolder } from '../testing/temporary-folder';
import { refusalOf, signal } from './support';

async function inbox() {
  const root = await temporaryFolder();
  const folder = join(root, 'inbox');
  await mkdir(join(folder, 'sub'), { recursive: true });
  await writeFile(join(folder, 'a b.pdf'), 'text');
  await writeFile(join(root, 'secret.pdf'), 'secret');
  const storage = new Storage({ documents: { folders: [folder] } });
  const open = (ref: string, maxBytes = 1_000) => storage.openDocument(ref, { signal, maxBytes });
  return { root, folder, open, url: (name: string) => `${pathToFileURL(folder).href}/${name}` };
}

test('a file is read whole, by name and size', async () => {
  const { open, url } = await inbox();
  const document = await open(url('a%20b.pdf'));
  expect(document).toMatchObject({ bytes: 4 });
  expect((await buffer(document.stream())).toString()).toBe('text');
  await document.close?.();
});

test('a file whose name only begins like a way up is read', async () => {
  const { folder, open, url } = await inbox();
  await writeFile(join(folder, '..x.pdf'), 'text');
  const document = await open(url('..x.pdf'));
  expect(document.bytes).toBe(4);
  await document.close?.();
});

test('every name that a file can have is read by its URL', async () => {
  const { folder, open } = await inbox();
  for (const name of ['#1?.pdf', '100%.pdf', ' a b ', 'größe.pdf', 'a%20b.pdf', 'a+b&c.pdf', '漢.pdf', 'tab\t.pdf']) {
    await writeFile(join(folder, name), name);
    const document = await open(pathToFileURL(join(folder, name)).href);
    expect((await buffer(document.stream())).toString()).toBe(name);
    await document.close?.();
  }
});

describe('refused', () => {
  it.each([
    ['a way up', '../secret.pdf', 'malformed'],
    ['a way up in disguise', '%2e%2e/secret.pdf', 'malformed'],
    ['half a disguise', '.%2E/secret.pdf', 'malformed'],
    ['an encoded separator', 'sub%2f..%2f..%2fsecret.pdf', 'malformed'],
    ['an encoded backslash', 'sub%5c..%5csecret.pdf', 'malformed'],
    ['a NUL', 'a%00.pdf', 'malformed'],
    ['a query', 'a%20b.pdf?x=1', 'malformed'],
    ['a folder', 'sub', 'notAFile'],
    ['the allowed folder itself', '', 'notAFile'],
    ['no file', 'gone.pdf', 'notFound'],
    ['a file below a file', 'a%20b.pdf/x', 'notFound'],
  ])('%s', async (_, name, reason) => {
    const { open, url } = await inbox();
    expect((await refusalOf(open(url(name)))).reason).toBe(reason);
  });

  it.each([
    ['a space at the end', 'a.pdf '],
    ['a line end', 'a.pdf\n'],
    ['a tab on the way', 'a\t.pdf'],
    ['a carriage return', 'a\r.pdf'],
    ['a control character at the end', 'a.pdf\u0001'],
    ['a backslash', 'sub\\a.pdf'],
    ['Latin-1 bytes', 'gr%F6%DFe.pdf'],
    ['a percent sign that is no code', '100%.pdf'],
    ['half a character', 'a\ud800.pdf'],
  ])('a reference with %s, by which another file would be read, with a hint', async (_, name) => {
    const { folder, open, url } = await inbox();
    for (const there of ['a.pdf', 'größe.pdf', 'sub/a.pdf', 'a\ufffd.pdf', '100%.pdf'])
      await writeFile(join(folder, there), 'x');
    const { reason, message } = await refusalOf(open(url(name)));
    expect(reason).toBe('malformed');
    expect(message).toContain('pathToFileURL');
  });

  it('a file outside, and one in a folder whose name only begins alike', async () => {
    const { root, folder, open } = await inbox();
    await mkdir(`${folder}-2`);
    await writeFile(`${folder}-2/a.pdf`, 'x');
    for (const path of [join(root, 'secret.pdf'), `${folder}-2/a.pdf`, '/etc/passwd'])
      expect((await refusalOf(open(pathToFileURL(path).href))).reason).toBe('folderNotAllowed');
  });

  it('a link that leads out, at the end or on the way; a link inside is followed', async () => {
    const { root, folder, open, url } = await inbox();
    await symlink(join(root, 'secret.pdf'), join(folder, 'link.pdf'));
    await symlink(root, join(folder, 'way'));
    await symlink(join(folder, 'a b.pdf'), join(folder, 'inside.pdf'));
    expect((await refusalOf(open(url('link.pdf')))).reason).toBe('folderNotAllowed');
    expect((await refusalOf(open(url('way/secret.pdf')))).reason).toBe('folderNotAllowed');
    const inside = await open(url('inside.pdf'));
    expect(inside.bytes).toBe(4);
    await inside.close?.();
  });

  it('a named pipe, without waiting for a writer', async () => {
    const { folder, open, url } = await inbox();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect((await refusalOf(open(url('pipe')))).reason).toBe('notAFile');
  });

  it('a device', async () => {
    const storage = new Storage({ documents: { folders: ['/dev'] } });
    const opening = storage.openDocument('file:///dev/zero', { signal, maxBytes: 10 });
    expect((await refusalOf(opening)).reason).toBe('notAFile');
  });

  test('an empty file is refused, and one that is too large', async () => {
    const { folder, open, url } = await inbox();
    await writeFile(join(folder, 'empty'), '');
    expect((await refusalOf(open(url('empty')))).reason).toBe('empty');
    expect(await refusalOf(open(url('a%20b.pdf'), 3))).toMatchObject({
      reason: 'tooLarge',
      message: expect.stringContaining('4 bytes, more than maxDocumentBytes (3)'),
    });
  });

  it.each([
    ['another machine', 'file://server/share/a.pdf', 'malformed'],
    ['a scheme without a source', 's3://bucket/a.pdf?X-Amz-Signature=secret', 'schemeNotAllowed'],
    ['no URL', 'a.pdf', 'malformed'],
  ])('%s, and no query string is told', async (_, ref, reason) => {
    const { open } = await inbox();
    const refusal = await refusalOf(open(ref));
    expect(refusal.reason).toBe(reason);
    expect(JSON.stringify(refusal)).not.toContain('secret');
  });
});

test('a file that grows while it is read fails', async () => {
  const { folder, open, url } = await inbox();
  const document = await open(url('a%20b.pdf'));
  await appendFile(join(folder, 'a b.pdf'), 'more');
  await expect(buffer(document.stream())).rejects.toThrow('changed while it was read');
  await document.close?.();
});

test.each([
  ['EACCES', 'notReadable', 'this worker may not read it'],
  ['EPERM', 'notReadable', 'this worker may not read it'],
  ['EINVAL', 'notReadable', 'its file system does not let it be read'],
  ['ENOTSUP', 'notReadable', 'its file system does not let it be read'],
  ['EISDIR', 'notAFile', 'it is not a regular file'],
])('a file that fails by %s as it is read is refused as if it had at once', async (code, reason, why) => {
  const { open, url } = await inbox();
  const document = await open(url('a%20b.pdf'));
  await failingReads(code);
  const refusal = await refusalOf(buffer(document.stream()));
  expect(refusal).toMatchObject({ reason, code });
  expect(refusal.message).toContain(why);
  await document.close?.();
});

test('a file that fails by EIO as it is read may be read later', async () => {
  const { open, url } = await inbox();
  const document = await open(url('a%20b.pdf'));
  await failingReads('EIO');
  await expect(buffer(document.stream())).rejects.toMatchObject({ code: 'EIO' });
  await document.close?.();
});

test.runIf(existsSync('/sys/class/net/lo/speed'))('a file of the system that gives no byte is refused', async () => {
  const storage = new Storage({ documents: { folders: ['/sys'] } });
  const path = await realpath('/sys/class/net/lo/speed');
  const document = await storage.openDocument(pathToFileURL(path).href, { signal, maxBytes: 10_000 });
  expect(await refusalOf(buffer(document.stream()))).toMatchObject({ reason: 'notReadable', code: 'EINVAL' });
  await document.close?.();
});

/** Until the test ends, files that are read give an error in place of their first byte. */
async function failingReads(code: string): Promise<void> {
  const handle = await openFile(__filename);
  const reading = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'createReadStream');
  reading.mockImplementation(
    () =>
      new Readable({
        read() {
          this.destroy(Object.assign(new Error(code), { code }));
        },
      }) as never,
  );
  onTestFinished(() => reading.mockRestore());
  await handle.close();
}

test('nothing is allowed that is not named', async () => {
  const { url } = await inbox();
  const opening = new Storage().openDocument(url('a%20b.pdf'), { signal, maxBytes: 10 });
  expect((await refusalOf(opening)).reason).toBe('folderNotAllowed');
});
