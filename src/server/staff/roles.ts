import { SealdropError } from "../../protocol/public/errors.ts";
import type { RolePost } from "../../protocol/public/rotation-api.ts";
import { checkSession } from "../database/check-session.ts";
import type { Transaction } from "../database/database.ts";
import { lockRoster } from "../database/roster-lock.ts";
import type { Audit } from "../http/audit.ts";
import type { Member } from "../http/guards.ts";
import type { World } from "../http/world.ts";

/** Who is an admin, as the server sees it: who may post rosters. The newsroom's key itself goes from vault to vault. */
export type Roles = {
  /** The same again changes nothing. Throws not-logged-in, forbidden, not-found for nobody's number, last-admin. */
  set(by: Member, post: RolePost): Promise<void>;
  isAdmin(tx: Transaction, accountId: string): Promise<boolean>;
};

const isAdmin: Roles["isAdmin"] = async (tx, id) => {
  const where = { id, role: "admin", memberNumber: { not: null } };
  return (await tx.account.count({ where })) > 0;
};

/** False when they had the role already. */
const change = async (tx: Transaction, { memberNumber, role }: RolePost): Promise<boolean> => {
  if ((await tx.account.count({ where: { memberNumber } })) === 0) {
    throw new SealdropError("not-found");
  }
  const where = { memberNumber, role: { not: role } };
  const { count } = await tx.account.updateMany({ where, data: { role } });
  const left = await tx.account.count({ where: { role: "admin", memberNumber: { not: null } } });
  if (left === 0) throw new SealdropError("last-admin");
  return count > 0;
};

type RolesWorld = Pick<World, "db"> & { readonly audit: Audit };

export const createRoles = ({ db, audit }: RolesWorld): Roles => ({
  // Under the lock that a new roster takes too: of two admins who take each other's rights away, one comes second.
  set: (by, post) =>
    db.$transaction(async (tx) => {
      await lockRoster(tx, "exclusive");
      await checkSession(tx, by);
      if (!(await isAdmin(tx, by.accountId))) throw new SealdropError("forbidden");
      if (!(await change(tx, post))) return;
      const kind = post.role === "admin" ? "rights-given" : "rights-taken";
      await audit.append(tx, { kind, actor: by.memberNumber, subject: post.memberNumber });
    }),
  isAdmin,
});
