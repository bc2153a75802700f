import { bytes } from "../database/database.ts";
import type { SealedColumn } from "../database/sealed-column.ts";
import { TOTP_PURPOSE } from "../secrets/totp.ts";

/** Everybody's second factor, for a change of the server's secret. */
export const totpColumn: SealedColumn = {
  purpose: TOTP_PURPOSE,
  read: async (tx) => {
    const rows = await tx.account.findMany({
      select: { id: true, totpSealed: true },
      // One order for all replicas: none waits for the other in a circle.
      orderBy: { id: "asc" },
    });
    return rows.map(({ id, totpSealed }) => ({ row: id, sealed: totpSealed }));
  },
  replace: async (tx, { row, sealed }, resealed) => {
    await tx.account.updateMany({
      where: { id: row, totpSealed: bytes(sealed) },
      data: { totpSealed: bytes(resealed) },
    });
  },
};
