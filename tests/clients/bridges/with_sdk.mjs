// The AWS SDKs for JavaScript, version 3 and (with --two) version 2.
import { createInterface } from "node:readline";

const settings = { region: "us-east-1", endpoint: process.env.ENDPOINT };
let call;
if (process.argv.includes("--two")) {
  const { default: AWS } = await import("aws-sdk");
  const client = new AWS.MTurk(settings);
  call = (name, parameters) => client[name[0].toLowerCase() + name.slice(1)](parameters).promise();
} else {
  const sdk = await import("@aws-sdk/client-mturk");
  const client = new sdk.MTurkClient(settings);
  call = (name, parameters) => client.send(new sdk[name + "Command"](parameters));
}
for await (const line of createInterface({ input: process.stdin })) {
  const { name, parameters } = JSON.parse(line);
  if (parameters.ExpireAt) parameters.ExpireAt = new Date(parameters.ExpireAt);
  let answer;
  try {
    answer = { result: await call(name, parameters) };
  } catch (error) {
    answer = { error: `${error.name} ${error.message}` };
  }
  console.log(JSON.stringify(answer));
}
