/** Whatever answers at Druid's endpoints: a real one, or a proxy before it. */
import type { Answer, Asked, Query } from './define.ts';

export function druidAt(url: string): Asked {
  return {
    ask: async ({ queryType, ...request }: Query): Promise<Answer> => {
      const isSql = queryType === 'sql';
      const response = await fetch(`${url}/druid/v2${isSql ? '/sql' : ''}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(isSql ? request : { queryType, ...request }),
      });
      const text = await response.text();
      if (response.ok) return whole(text);
      return { status: response.status, body: text.startsWith('{') ? JSON.parse(text).errorMessage : text };
    },
  };
}

/** Where Druid fails after the first rows, its answer just ends. */
function whole(text: string): Answer {
  try {
    return { status: 200, body: JSON.parse(text) };
  } catch {
    return { status: 500, body: text };
  }
}
