import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const [, , url, key] = process.argv;
const client = createClient<paths>({ baseUrl: `${url}/v1`, headers: { Authorization: `Bearer ${key}` } });

const found = await client.GET("/enterprises", { params: { query: { q: "catering", limit: 2 } } });
if (found.error) throw new Error(found.error.code);
const refused = await client.GET("/enterprises/{enterprise_id}", {
  params: { path: { enterprise_id: "01930d2c-8f00-7000-8000-000000000001" } },
});
const made = await client.POST("/shortlists", { body: { name: "From a client", department: "Facilities", purpose: "Lunches" } });
if (made.error) throw new Error(made.error.code);
console.log(JSON.stringify({ found: found.data.items.length, refused: refused.error?.code, made: made.data.name }));
