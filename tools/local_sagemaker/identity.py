"""What moto lacks of IAM."""

from __future__ import annotations

from xml.sax.saxutils import escape

from werkzeug.wrappers import Response

from .cloud import Cloud
from .handlers import Handlers
from .wire import Call

_RESULT = (
    "<member><EvalActionName>{action}</EvalActionName><EvalResourceName>*</EvalResourceName>"
    "<EvalDecision>allowed</EvalDecision><MatchedStatements/><MissingContextValues/></member>"
)
_ANSWER = (
    '<SimulatePrincipalPolicyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
    "<SimulatePrincipalPolicyResult><IsTruncated>false</IsTruncated>"
    "<EvaluationResults>{results}</EvaluationResults></SimulatePrincipalPolicyResult>"
    "<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata></SimulatePrincipalPolicyResponse>"
)


def simulate_principal_policy(cloud: Cloud, call: Call) -> Response:
    """Say that every action is allowed, which is true here: no policy is enforced."""
    actions = [value for name, value in call.parameters.items() if name.startswith("ActionNames.member.")]
    results = "".join(_RESULT.format(action=escape(action)) for action in actions)
    return Response(_ANSWER.format(results=results), content_type="text/xml")


HANDLERS: Handlers = {"IAM.SimulatePrincipalPolicy": simulate_principal_policy}
