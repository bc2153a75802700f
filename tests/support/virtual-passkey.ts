import type { CDPSession, Page } from "puppeteer-core";

/** Chromium's own authenticator in memory: it holds passkeys, verifies its person, and calculates (PRF). */
export type VirtualPasskey = {
  /** How many passkeys it holds. */
  count(): Promise<number>;
  remove(): Promise<void>;
};

type Options = { readonly hasPrf: boolean; readonly verifies?: boolean };

export const addVirtualPasskey = async (
  page: Page,
  { hasPrf, verifies = true }: Options,
): Promise<VirtualPasskey> => {
  const session: CDPSession = await page.createCDPSession();
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "usb",
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf,
      isUserVerified: verifies,
      automaticPresenceSimulation: true,
    },
  });
  return {
    count: async () => {
      const { credentials } = await session.send("WebAuthn.getCredentials", { authenticatorId });
      return credentials.length;
    },
    remove: async () => {
      await session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
    },
  };
};
