import { createServer } from 'node:http';

type Operation = (input: Record<string, unknown>) => object;

/** A service that speaks AWS JSON 1.1 with the operations of a test; one that throws answers 400 with the error's name. */
export async function awsJsonServer(operations: Record<string, Operation>) {
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    const operation = operations[String(request.headers['x-amz-target']).split('.')[1] ?? ''];
    const reply = (status: number, answer: object) =>
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer));
    try {
      if (operation === undefined) throw new TypeError('UnknownOperationException');
      reply(200, operation(JSON.parse(body)));
    } catch (error) {
      reply(400, { __type: error instanceof Error ? error.name : 'Error', message: String(error) });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    config: {
      endpoint: `http://127.0.0.1:${port}`,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
