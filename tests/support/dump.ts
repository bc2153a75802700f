import type { Client, Connection } from "pg";
import { type Needle, search } from "./canary.ts";

/** pg has no COPY of its own: this asks for one and gathers what arrives, byte for byte. */
const copyOut = (client: Client, sql: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let failure: Error | null = null;
    client.query({
      submit: (connection: Connection) => {
        connection.query(sql);
      },
      handleCopyData: (message: { readonly chunk: Buffer }) => {
        parts.push(Buffer.from(message.chunk));
      },
      handleCommandComplete: () => undefined,
      handleError: (error: Error) => {
        failure = error;
        reject(error);
      },
      handleReadyForQuery: () => {
        if (failure === null) resolve(Buffer.concat(parts));
      },
    });
  });

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

export type TableDump = { readonly table: string; readonly text: Buffer; readonly bytes: Buffer };

/** Every row of every table outside PostgreSQL's own catalogues, once as text and once as bytes. */
export const dumpTables = async (client: Client): Promise<readonly TableDump[]> => {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select schemaname as schema, tablename as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2`,
  );
  const dumps: TableDump[] = [];
  for (const { schema, name } of rows) {
    const table = `${quoted(schema)}.${quoted(name)}`;
    dumps.push({
      table: name,
      text: await copyOut(client, `copy ${table} to stdout`),
      bytes: await copyOut(client, `copy ${table} to stdout (format binary)`),
    });
  }
  return dumps;
};

export const searchTables = (
  dumps: readonly TableDump[],
  needles: readonly Needle[],
): readonly string[] =>
  dumps.flatMap(({ table, text, bytes }) =>
    [...search(text, needles), ...search(bytes, needles)].map((name) => `${table}: ${name}`),
  );
