/** The user name of this tab, so that a locked session asks the passphrase only. Gone with the tab. */

const KEY = "sealdrop-user";

export const rememberUser = (userName: string): void => {
  try {
    sessionStorage.setItem(KEY, userName);
  } catch {
    // A browser without storage asks for the user name again.
  }
};

export const lastUser = (): string | null => {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
};

export const forgetUser = (): void => {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
};
