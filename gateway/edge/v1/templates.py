"""Templates: messages that an app keeps, to be said by shorthand."""

from msgspec import UNSET

from gateway.domain import access, errors
from gateway.domain.commands import CreateTemplate, DeleteTemplate, UpdateTemplate
from gateway.domain.errors import Refused
from gateway.edge.v1.call import Call
from gateway.edge.v1.route import Route
from gateway.wire.v1 import templates as v1
from gateway.wire.v1.paging import PageQuery, listing
from gateway.wire.v2 import Json


async def create(call: Call) -> Json:
    body = await call.body(v1.TemplateCreate)
    content, metadata = v1.message(body.message)
    command = CreateTemplate(app_id=call.app_id, name=body.name, content=content, metadata=metadata)
    return {"template": v1.template(await call.flow.corridor.execute(command))}


async def list_(call: Call) -> Json:
    """In the order they were made."""
    page, templates = call.asked(PageQuery).page, (await call.office()).templates
    place, more = page.of([it.id for it in templates])
    return listing("templates", [v1.template(it) for it in templates[place]], page, more=more)


async def get(call: Call) -> Json:
    for template in (await call.office()).templates:
        if template.id == call["templateId"]:
            return {"template": v1.template(template)}
    raise Refused(errors.TEMPLATE_NOT_FOUND)


async def update(call: Call) -> Json:
    """What is absent keeps its value; a message is replaced as a whole."""
    body = await call.body(v1.TemplateUpdate)
    content, metadata = (UNSET, None) if body.message is UNSET else v1.message(body.message)
    command = UpdateTemplate(
        app_id=call.app_id, template_id=call["templateId"], name=body.name, content=content, metadata=metadata
    )
    return {"template": v1.template(await call.flow.corridor.execute(command))}


async def delete(call: Call) -> None:
    await call.flow.corridor.execute(DeleteTemplate(app_id=call.app_id, template_id=call["templateId"]))


_ALL = "/templates"
_ONE = f"{_ALL}/{{templateId}}"

ROUTES = (
    Route("POST", _ALL, access.APP, create, 201),
    Route("GET", _ALL, access.APP, list_),
    Route("GET", _ONE, access.APP, get),
    Route("PUT", _ONE, access.APP, update),
    Route("DELETE", _ONE, access.APP, delete),
)
