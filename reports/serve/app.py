"""The application: routes and endpoints. Each answer uses one release, resolved once."""

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from reports.recipe_book import recipes
from reports.serve import browse, pages
from reports.serve.ask import HTML, MEDIA, ROWS, SECONDS, AskError, Query, QueryRunner, Result
from reports.serve.guard import Guard
from reports.serve.pages import Answer
from reports.serve.question import Question, read_question
from reports.serve.release import Release, Table, current, current_file, release_file
from transforms.errors import DtaError, ReleaseError

VISITOR = "dta_visitor"
ASSETS = {"serve.css": "text/css; charset=utf-8", "serve.js": "text/javascript; charset=utf-8"}
PAGE_NOT_FOUND = "There is no such page. Start at / or /data."


def create_app(out: Path, seconds: int = SECONDS) -> Starlette:
    """Return the application for the releases below ``out``."""
    server = Server(out, QueryRunner(seconds))
    routes = {
        "/data": server.tables,
        "/data.{suffix}": server.tables,
        "/data/{name}": server.table,
        "/sql": server.sql,
        "/sql.{suffix}": server.sql,
        "/-/{name}": server.asset,
        "/release/{id}/{path:path}": server.release_file,
        "/{path:path}": server.current_file,
    }
    return Starlette(
        routes=[Route(path, endpoint) for path, endpoint in routes.items()],
        middleware=[Middleware(Guard)],
        exception_handlers={DtaError: error_response, HTTPException: error_response, Exception: error_response},
    )


class Server:
    """The endpoints."""

    def __init__(self, out: Path, runner: QueryRunner) -> None:
        """Serve the releases below ``out``."""
        self.out, self.runner = out, runner

    async def tables(self, request: Request) -> Response:
        """Return the list of the release's tables."""
        format, release = format_of(request), await self._release()
        known = [
            {
                "table_name": t.name,
                "description": t.description,
                "grain": t.grain,
                "row_count": t.row_count,
                "address": f"/data/{t.name}",
            }
            for t in release.tables.values()
        ]
        answer = Answer(release, pa.Table.from_pylist(known), "tables", self.runner.seconds)
        return await answer_response(answer, format, "tables_served.html")

    async def table(self, request: Request) -> Response:
        """Return rows of one table, as the address requests."""
        name, _, suffix = request.path_params["name"].partition(".")
        format, release = format_of(request, suffix), await self._release()
        table, parameters = table_of(release, name), request.query_params
        if "_filter_column" in parameters:
            return RedirectResponse(filtered(table, request), 303)
        view = browse.read_view(table, parameters.multi_items(), format)
        if view.release_id not in ("", release.id):
            first = replace(view, offset=0).address(format)
            raise AskError(f"A newer release was published since the last page. Start again at {first}", 409)
        view = replace(view, release_id=release.id)
        rows, counted = await self._run_queries(
            request, release, [browse.query_of(view, format), browse.count_of(view)]
        )
        answer = table_answer(self.runner, view, release, rows, counted.table.column(0)[0].as_py(), format)
        response = await answer_response(answer, format, "table_served.html", view=view, browse=browse)
        return with_visitor_cookie(request, response) if format == HTML else response

    async def sql(self, request: Request) -> Response:
        """Return the page of a query or recipe, with its parameters and rows."""
        format, release = format_of(request), await self._release()
        question = read_question(request.query_params)
        if question.redirect:
            return RedirectResponse(question.redirect, 303)
        if format == HTML:
            return with_visitor_cookie(request, await self._sql_page(request, release, question))
        if not question.is_complete:
            raise AskError(question.missing_message)
        return await run_in_threadpool(pages.write, await self._result(request, release, question, ROWS), format)

    async def _sql_page(self, request: Request, release: Release, question: Question) -> Response:
        show = partial(pages.show, release, "sql_served.html", question=question, recipes=recipes().values())
        try:
            answer = None
            if question.is_complete:
                answer = await self._result(request, release, question, browse.LARGEST_PAGE)
            return await run_in_threadpool(show, answer, error=None)
        except AskError as error:
            headers = pages.limits(self.runner.seconds, limit=error.limit)
            return await run_in_threadpool(show, None, error.status, headers, error=str(error))

    async def _result(self, request: Request, release: Release, question: Question, rows: int) -> Answer:
        query = Query(question.sql, question.parameters, rows, names=question.recipe is not None)
        (result,) = await self._run_queries(request, release, [query])
        facts = {"query": {"sql": question.sql, "params": question.parameters}}
        return Answer(release, result.table, question.name, self.runner.seconds, result.cut, rows, facts)

    def asset(self, request: Request) -> Response:
        """Return the style or script of these pages."""
        name = request.path_params["name"]
        if name not in ASSETS:
            raise AskError(PAGE_NOT_FOUND, 404)
        return FileResponse(pages.FOLDER / "assets" / name, media_type=ASSETS[name])

    def release_file(self, request: Request) -> Response:
        """Return a file of a release."""
        return release_file(self.out, request.path_params["id"], request.path_params["path"], request)

    def current_file(self, request: Request) -> Response:
        """Redirect to a file of the current release."""
        return current_file(self.out, request.path_params["path"], request.url.query)

    async def _release(self) -> Release:
        return await run_in_threadpool(current, self.out)

    async def _run_queries(self, request: Request, release: Release, queries: Sequence[Query]) -> list[Result]:
        """Return results of the queries, which are stopped if the visitor leaves."""
        visitor = request.cookies.get(VISITOR) or (request.client.host if request.client else "")
        work = asyncio.ensure_future(self.runner.run(visitor[:64], release.folder, queries))
        gone = asyncio.ensure_future(wait_for_disconnect(request))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise AskError("The visitor left before the answer was ready.", 499)
            return work.result()
        finally:
            for task in (work, gone):
                task.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)


async def answer_response(answer: Answer, format: str, template: str, **values: Any) -> Response:
    """Return the answer as a page or a file."""
    if format == HTML:
        return await run_in_threadpool(pages.show, answer.release, template, answer, **values)
    return await run_in_threadpool(pages.write, answer, format)


async def wait_for_disconnect(request: Request) -> None:
    """Wait until the visitor closes the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        continue


def with_visitor_cookie(request: Request, response: Response) -> Response:
    """Give a new visitor an id, so that their queries wait for each other but not for those of others."""
    if not re.fullmatch(r"[\w-]{10,64}", request.cookies.get(VISITOR, "")):
        response.set_cookie(VISITOR, secrets.token_urlsafe(12), httponly=True, samesite="strict")
    return response


def format_of(request: Request, suffix: str = "") -> str:
    """Return the requested format. Raises AskError."""
    chosen = suffix or request.path_params.get("suffix") or request.query_params.get("_format") or HTML
    if chosen not in MEDIA:
        raise AskError(f"There is no format {chosen[:20]!r}. There are {', '.join(MEDIA)}.", 404)
    return str(chosen)


def table_of(release: Release, name: str) -> Table:
    """Return a table by name. Raises AskError with similar names."""
    if name not in release.tables:
        near = get_close_matches(name, release.tables, 3)
        raise AskError(
            f"There is no table {name[:60]!r}. " + (f"Did you mean {', '.join(near)}?" if near else "/data lists all."),
            404,
        )
    return release.tables[name]


def filtered(table: Table, request: Request) -> str:
    """Return the address for the submitted filter form."""
    parameters = request.query_params
    kept = [(n, v) for n, v in parameters.multi_items() if n in browse.RESERVED - {"_next", "_format"} and v]
    sent = [parameters.getlist(f"_filter_{part}") for part in ("column", "op", "value")]
    return replace(browse.read_view(table, kept, HTML), filters=browse.chosen(table, *sent)).address()


def table_answer(
    runner: QueryRunner, view: browse.View, release: Release, rows: Result, total: int, format: str
) -> Answer:
    """Return a page of a table. A limit cuts it only if the page should have more rows."""
    whole = browse.page_size(view, format) == ROWS
    after = replace(view, offset=view.offset + len(rows.table)).address(format) if rows.cut else ""
    facts = {"table": view.table.name, "filtered_table_rows_count": total, "next_url": after or None}
    facts["next"] = f"{view.offset + len(rows.table)}@{release.id}" if after else None
    cut = rows.cut if whole or rows.cut == "bytes" else ""
    return Answer(
        release, rows.table, view.table.name, runner.seconds, cut, facts=facts, next_address=after, total=total
    )


async def error_response(request: Request, error: Exception) -> Response:
    """Return an error message in the requested format."""
    suffix = request.path_params.get("suffix") or request.url.path.rpartition(".")[2]
    format = next((f for f in (suffix, request.query_params.get("_format")) if f in MEDIA), HTML)
    if isinstance(error, AskError):
        return pages.problem(str(error), error.status, format, error.limit)
    if isinstance(error, HTTPException):
        return pages.problem(PAGE_NOT_FOUND, error.status_code, format)
    if isinstance(error, DtaError):
        return pages.problem(str(error), 503 if isinstance(error, ReleaseError) else 400, format)
    return pages.problem(
        "The server had an error. The details are in the terminal where dta site runs. Please report it.",
        500,
        format,
    )
