/** The least that Lambda's Runtime API asks of a runtime: load the handler, then take one invocation after another. */
const runtime = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;
const { handler } = await import(process.env.HANDLER_URL);
for (;;) {
  const next = await fetch(`${runtime}/invocation/next`);
  const awsRequestId = next.headers.get('lambda-runtime-aws-request-id');
  const context = { awsRequestId, invokedFunctionArn: '', getRemainingTimeInMillis: () => 10_000 };
  const answer = await handler(await next.json(), context).catch((error) => ({ error: error.name }));
  await fetch(`${runtime}/invocation/${awsRequestId}/response`, {
    method: 'POST',
    body: JSON.stringify(answer ?? null),
  });
}
