/**
 * The browser's own storage, which the server cannot write: the newest roster this browser has held, and a device secret
 * whose owner said so. Where there is none
 * (private windows of some browsers), reading answers null, and the member is asked instead. docs/protocol.md §5.5.
 */
export type BrowserStore = {
  get(key: string): Promise<Uint8Array | null>;
  /** A store that fails is a store without memory. */
  put(key: string, value: Uint8Array): Promise<void>;
  drop(key: string): Promise<void>;
};

const NAME = "sealdrop";
const TABLE = "pins";

const done = <Result>(request: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const openDatabase = (): Promise<IDBDatabase> => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(TABLE);
  };
  return done(request);
};

const withTable = async <Result>(
  mode: IDBTransactionMode,
  use: (table: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> => {
  const database = await openDatabase();
  try {
    return await done(use(database.transaction(TABLE, mode).objectStore(TABLE)));
  } finally {
    database.close();
  }
};

export const browserStore = (): BrowserStore => ({
  get: async (key) => {
    try {
      const found: unknown = await withTable("readonly", (table) => table.get(key));
      return found instanceof Uint8Array ? found : null;
    } catch {
      return null;
    }
  },
  put: async (key, value) => {
    try {
      await withTable("readwrite", (table) => table.put(value, key));
    } catch {
      // Said above: then the member is asked each time.
    }
  },
  drop: async (key) => {
    try {
      await withTable("readwrite", (table) => table.delete(key));
    } catch {
      // What could not be kept need not be dropped.
    }
  },
});
