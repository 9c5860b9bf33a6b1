// Saved runs, on a folder that behaves as the browser's does and breaks where it is told to.

import { beforeEach, expect, test } from 'vitest';
import { writeCheckpoint } from '../export/checkpoint';
import { UserError } from '../math/errors';
import { presets } from '../presets';
import { parseConfig } from '../training/config';
import { RunStore } from './storage';

const config = parseConfig(presets.get('ring').config);
const checkpoint = (step: number) =>
  writeCheckpoint(config, {
    tensors: new Map([['generator.0.weight', { shape: [1, 2], data: Float32Array.of(step, 2) }]]),
    updates: { discriminator: step, generator: step },
  });

type Stage = 'create' | 'write' | 'flush' | 'move';

/** A folder of the origin-private file system in memory. */
class FakeFolder {
  readonly kind = 'directory';
  readonly files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; saved: number }>();
  readonly folders = new Map<string, FakeFolder>();
  readonly log: string[] = [];
  breaks: { at: Stage; name: string } | undefined;
  /** Without it the page, not a worker, is asking. */
  sync = true;
  movable = true;
  clock = 0;

  check(stage: Stage, name: string): void {
    this.log.push(`${stage} ${name}`);
    if (this.breaks?.at === stage) throw new DOMException('broken', this.breaks.name);
  }

  async getDirectoryHandle(name: string) {
    if (!this.folders.has(name)) this.folders.set(name, new FakeFolder());
    return this.folders.get(name);
  }

  async removeEntry(name: string) {
    if (!this.files.delete(name)) throw new DOMException('none', 'NotFoundError');
  }

  async getFileHandle(name: string, { create = false } = {}) {
    if (create) this.check('create', name);
    if (!this.files.has(name)) {
      if (!create) throw new DOMException('none', 'NotFoundError');
      this.files.set(name, { bytes: new Uint8Array(), saved: 0 });
    }
    return this.handle(name);
  }

  handle(name: string) {
    const put = (bytes: Uint8Array) =>
      this.files.set(name, { bytes: bytes.slice() as Uint8Array<ArrayBuffer>, saved: ++this.clock });
    let content = this.files.get(name)!.bytes;
    const sync = {
      truncate: (length: number) => {
        content = content.slice(0, length);
      },
      write: (bytes: Uint8Array<ArrayBuffer>) => {
        this.check('write', name);
        content = bytes.slice();
        return bytes.length;
      },
      flush: () => {
        put(content);
        this.check('flush', name);
      },
      close: () => this.log.push(`close ${name}`),
    };
    const stream = {
      write: async (bytes: Uint8Array<ArrayBuffer>) => {
        this.check('write', name);
        content = bytes.slice();
      },
      abort: async () => {},
      close: async () => void put(content),
    };
    return {
      kind: 'file',
      getFile: async () => {
        const { bytes, saved } = this.files.get(name)!;
        return new File([bytes], name, { lastModified: saved });
      },
      ...(this.sync && { createSyncAccessHandle: async () => sync }),
      createWritable: async () => stream,
      ...(this.movable && {
        move: async (to: string) => {
          this.check('move', to);
          this.files.set(to, this.files.get(name)!);
          this.files.delete(name);
        },
      }),
    };
  }

  async *entries() {
    for (const name of this.files.keys()) yield [name, this.handle(name)];
    for (const [name, folder] of this.folders) yield [name, folder];
  }
}

let folder: FakeFolder;
let store: RunStore;
beforeEach(async () => {
  const root = new FakeFolder();
  store = await RunStore.open(root as unknown as FileSystemDirectoryHandle);
  folder = root.folders.get('runs')!;
});

test('a saved run is listed, loaded, exported and taken away', async () => {
  await store.save('ring', checkpoint(3));
  await store.save('my run / ä', checkpoint(5));
  expect(await store.list()).toEqual([
    { name: 'my run / ä', step: 5, config, saved: new Date(2), bytes: checkpoint(5).length },
    { name: 'ring', step: 3, config, saved: new Date(1), bytes: checkpoint(3).length },
  ]);
  const { state } = await store.load('ring');
  expect(state.updates).toEqual({ discriminator: 3, generator: 3 });
  expect(await store.read('my run / ä')).toEqual(checkpoint(5));
  await store.delete('ring');
  await store.delete('ring');
  expect((await store.list()).map(({ name }) => name)).toEqual(['my run / ä']);
  await expect(store.load('ring')).rejects.toThrow(/^There is no saved run "ring"/);
});

test('it is written beside, flushed, closed, and only then takes the name', async () => {
  await store.save('ring', checkpoint(1));
  expect(folder.log).toEqual([
    'create ring.safetensors.part',
    'write ring.safetensors.part',
    'flush ring.safetensors.part',
    'close ring.safetensors.part',
    'move ring.safetensors',
  ]);
  expect([...folder.files.keys()]).toEqual(['ring.safetensors']);
});

test.each([
  ['in a worker', true, true],
  ['in the page', false, true],
  ['where files cannot be moved', true, false],
  ['in the page where files cannot be moved', false, false],
])('%s a save replaces the one before', async (_, sync, movable) => {
  Object.assign(folder, { sync, movable });
  await store.save('ring', checkpoint(1));
  await store.save('ring', checkpoint(2));
  expect([...folder.files.keys()]).toEqual(['ring.safetensors']);
  expect(await store.read('ring')).toEqual(checkpoint(2));
});

test.each<[Stage, boolean]>([
  ['create', true],
  ['write', true],
  ['flush', true],
  ['move', true],
  ['write', false],
])('what breaks at %s leaves the one before (sync %s)', async (at, sync) => {
  await store.save('ring', checkpoint(1));
  folder.sync = sync;
  folder.breaks = { at, name: 'QuotaExceededError' };
  await expect(store.save('ring', checkpoint(2))).rejects.toThrow(UserError);
  await expect(store.save('ring', checkpoint(2))).rejects.toThrow(/storage is full; deleting a saved run/);
  folder.breaks = undefined;
  expect([...folder.files.keys()]).toEqual(['ring.safetensors']);
  expect(await store.read('ring')).toEqual(checkpoint(1));
  await store.save('ring', checkpoint(3));
  expect(await store.read('ring')).toEqual(checkpoint(3));
});

test('another tab at the same run is said to be so, and is left its file', async () => {
  folder.breaks = { at: 'write', name: 'NoModificationAllowedError' };
  await expect(store.save('ring', checkpoint(1))).rejects.toThrow(/^ring is being saved by another tab/);
  expect([...folder.files.keys()]).toEqual(['ring.safetensors.part']);
});

test('saves that overlap are made one after the other', async () => {
  await Promise.all([1, 2, 3].map((step) => store.save('ring', checkpoint(step))));
  expect(await store.read('ring')).toEqual(checkpoint(3));
  expect(folder.log.filter((entry) => entry.startsWith('move'))).toHaveLength(3);
});

test('what cannot be gone on with is not listed, and told when asked for', async () => {
  await store.save('ring', checkpoint(1));
  await store.save('broken', checkpoint(2).slice(0, -3));
  await store.save('other', new TextEncoder().encode('not at all'));
  folder.files.set('left.safetensors.part', { bytes: new Uint8Array(3), saved: 9 });
  expect((await store.list()).map(({ name }) => name)).toEqual(['ring']);
  await expect(store.load('broken')).rejects.toThrow(/^broken: .*a whole safetensors file would do/);
});

test('a browser without storage says so', async () => {
  const root = {
    getDirectoryHandle: () => Promise.reject(new DOMException('private', 'SecurityError')),
  };
  await expect(RunStore.open(root as unknown as FileSystemDirectoryHandle)).rejects.toThrow(
    /^This browser keeps nothing for this page \(SecurityError\): runs are not saved here/,
  );
});
