/** Who asks. */

export interface Login {
  /** The `Authorization` of a request to this address; undefined where none is wanted. */
  authorization(address: URL): Promise<string | undefined>;
}

/** User and password as the address has them: `http://user:password@router:8888`. */
export const userinfoLogin: Login = {
  authorization: async ({ username, password }) => {
    if (username === '') return undefined;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  },
};
