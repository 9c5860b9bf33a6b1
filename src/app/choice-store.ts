// Which strategies were measured to be quickest on this adapter, kept in the browser's IndexedDB.

import { createStore, entries, setMany } from 'idb-keyval';
import type { ChoiceStore } from '../gpu/strategies';

/** Labels by key, an entry each. */
export function browserChoices(): ChoiceStore {
  const store = createStore('webgan', 'strategies');
  return {
    read: async () => Object.fromEntries(await entries<string, string>(store)),
    write: (choices) => setMany(Object.entries(choices), store),
  };
}
