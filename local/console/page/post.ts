/** Calls the page's own server; a refusal is an `Error` with its sentence. */
export async function post(name: string, body: object): Promise<unknown> {
  const response = await fetch(`api/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
