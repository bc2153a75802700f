import { allArchives } from "../../src/browser/newsroom/worker/own-keys.ts";
import { headerHash } from "../../src/protocol/public/envelope.ts";
import { openWrap } from "../../src/protocol/secret/archive.ts";
import { numberOf, type Scene } from "./scene.ts";
import type { Tab } from "./staff.ts";

/** What a member's keys open of all that the database holds for them: no client of theirs is asked what it would show. */

type Row = { readonly id: string; readonly header: Buffer; readonly wrap: Buffer };

const WRAPS = `
  SELECT encode(m.message_id, 'hex') AS id, m.header, s.wrap FROM slot AS s JOIN message AS m USING (arrival)
  WHERE s.member_number = $1 AND s.wrap IS NOT NULL`;

/** Ids of messages. */
export const openedWraps = async (scene: Scene, tab: Tab): Promise<ReadonlySet<string>> => {
  const { crypto, own } = tab.session.world();
  const { pool } = scene.ground.replicas[0];
  const { rows } = await pool.query<Row>(WRAPS, [numberOf(scene, tab.person)]);
  const opens = ({ header, wrap }: Row): boolean => {
    const item = { wrap: new Uint8Array(wrap), header: headerHash(crypto, new Uint8Array(header)) };
    return allArchives(own).some((archive) => openWrap(crypto, archive, item) !== null);
  };
  return new Set(rows.filter(opens).map(({ id }) => id));
};
