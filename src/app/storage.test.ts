// Saved runs, on a folder that behaves as the browser's does and breaks where it is told to.

import { beforeEach, expect, test } from 'vitest';
import { writeCheckpoint } from '../export/checkpoint';
import { UserError } from '../math/errors';
import { presets } from '../presets';
import { parseConfig } from '../training/config';
import { RunStore } from './storage';

const config = parseConfig(presets.get('ring').config);
const checkpoint = (step: number, of = config) =>
  writeCheckpoint(of, {
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

/** Those who ask for the lock one after the other. */
function fakeLocks(): Pick<LockManager, 'request'> {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_: string, work: () => Promise<unknown>) => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  return { request } as unknown as LockManager;
}

const open = (root: FakeFolder, locks = fakeLocks()) =>
  RunStore.open(root as unknown as FileSystemDirectoryHandle, locks);

let folder: FakeFolder;
let store: RunStore;
let otherTab: RunStore;
beforeEach(async () => {
  const root = new FakeFolder();
  const locks = fakeLocks();
  store = await open(root, locks);
  otherTab = await open(root, locks);
  folder = root.folders.get('runs')!;
});

const another = { ...config, seed: 5 };
const third = { ...config, seed: 6 };
const names = async () => (await store.list()).map(({ name }) => name);

test('a saved run is listed, loaded, exported and taken away', async () => {
  expect(await store.save('ring', checkpoint(3))).toEqual({ name: 'ring', step: 3 });
  await store.save('my run / ä', checkpoint(5, another));
  expect(await store.list()).toEqual([
    {
      name: 'my run / ä',
      header: { config: another, step: 5 },
      saved: new Date(2),
      bytes: checkpoint(5, another).length,
    },
    { name: 'ring', header: { config, step: 3 }, saved: new Date(1), bytes: checkpoint(3).length },
  ]);
  const { state } = await store.load('ring');
  expect(state.updates).toEqual({ discriminator: 3, generator: 3 });
  expect(await store.read('my run / ä')).toEqual(checkpoint(5, another));
  await store.delete('ring');
  await store.delete('ring');
  expect(await names()).toEqual(['my run / ä']);
  await expect(store.load('ring')).rejects.toThrow(/^There is no saved run "ring"/);
});

test('nothing is replaced but what a run passed through itself', async () => {
  await store.save('ring', checkpoint(9));
  expect(await store.save('ring', checkpoint(1, another))).toEqual({ name: 'ring 2', step: 1 });
  expect(await store.save('ring', checkpoint(1, third))).toEqual({ name: 'ring 3', step: 1 });
  expect(await store.save('ring', checkpoint(2, another))).toEqual({ name: 'ring 2', step: 2 });
  expect(await store.read('ring')).toEqual(checkpoint(9));
  expect(await store.read('ring 2')).toEqual(checkpoint(2, another));
  await store.delete('ring 2');
  expect(await store.save('ring', checkpoint(4, another))).toEqual({ name: 'ring 2', step: 4 });
});

test('where a run is saved further on already, it stays so', async () => {
  await store.save('ring', checkpoint(9));
  expect(await store.save('ring', checkpoint(4))).toEqual({ name: 'ring', step: 9 });
  expect(await store.read('ring')).toEqual(checkpoint(9));
  expect(await store.save('ring', checkpoint(10))).toEqual({ name: 'ring', step: 10 });
  expect(await names()).toEqual(['ring']);
});

test('runs on other images are other runs', async () => {
  const on = (data: string, step: number) =>
    writeCheckpoint(config, { tensors: new Map(), updates: { discriminator: step, generator: step }, data });
  await store.save('ring', on('a', 3));
  expect(await store.save('ring', on('b', 4))).toEqual({ name: 'ring 2', step: 4 });
  expect(await store.save('ring', on('a', 5))).toEqual({ name: 'ring', step: 5 });
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
  await expect(store.save('ring', checkpoint(2))).rejects.toThrow(/storage is full; forgetting a saved run/);
  folder.breaks = undefined;
  expect([...folder.files.keys()]).toEqual(['ring.safetensors']);
  expect(await store.read('ring')).toEqual(checkpoint(1));
  await store.save('ring', checkpoint(3));
  expect(await store.read('ring')).toEqual(checkpoint(3));
});

test('saves that overlap are made one after the other, of other tabs too', async () => {
  await Promise.all([
    ...[1, 2, 3].map((step) => store.save('ring', checkpoint(step))),
    ...[1, 2].map((step) => otherTab.save('ring', checkpoint(step, another))),
  ]);
  expect(await store.read('ring')).toEqual(checkpoint(3));
  expect(await store.read('ring 2')).toEqual(checkpoint(2, another));
  expect(folder.log.filter((entry) => entry.startsWith('move'))).toHaveLength(5);
});

test('what cannot be gone on with is listed with the reason, and left alone', async () => {
  await store.save('ring', checkpoint(1));
  const broken = checkpoint(2).slice(0, -3);
  for (const name of ['broken', 'moons'])
    folder.files.set(`${name}.safetensors`, { bytes: broken, saved: ++folder.clock });
  folder.files.set('left.safetensors.part', { bytes: new Uint8Array(3), saved: 9 });
  expect(await names()).toEqual(['moons', 'broken', 'ring']);
  const [moons] = await store.list();
  expect(moons).not.toHaveProperty('header');
  expect(moons?.problem).toMatch(/^moons: .*a whole safetensors file would do/);
  await expect(store.load('broken')).rejects.toThrow(/^broken: .*a whole safetensors file would do/);
  expect(await store.save('moons', checkpoint(1, another))).toEqual({ name: 'moons 2', step: 1 });
  expect(await store.read('moons')).toEqual(broken);
});

test('a browser without storage says so', async () => {
  const root = {
    getDirectoryHandle: () => Promise.reject(new DOMException('private', 'SecurityError')),
  };
  await expect(open(root as unknown as FakeFolder)).rejects.toThrow(
    /^This browser keeps nothing for this page \(SecurityError\): runs are not saved here/,
  );
});
