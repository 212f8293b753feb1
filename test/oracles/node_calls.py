"""Makes the calls to AWS of a node's service, by its own code, and prints what became of each: JSON."""
import importlib.util
import json
import sys

_, program, settings = sys.argv
# The program is carried to nodes as its folder is: nothing may be left there.
sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location("agent", program)
agent = importlib.util.module_from_spec(spec)
sys.modules["agent"] = agent
spec.loader.exec_module(agent)


class Removed:
    """A cluster with quorum that goes on without the node."""

    def view(self):
        voters = frozenset("abc")
        return agent.View("a", "2026-11-22T12:00:00Z", "a", voters, voters, voters)

    def server(self):
        return "open"


class Node(agent.Node):
    def __init__(self, settings):
        self.settings, self.cloud, self.cluster = settings, agent.Cloud(settings), Removed()
        self.id = self.cloud.metadata("instance-id")

    def stop(self):
        pass


def replaced(node):
    while not node.lost:
        node.examine()


node = Node(json.loads(settings))
calls = {
    "ec2:DescribeInstances": lambda: node.cloud.hosts(),
    "secretsmanager:GetSecretValue": lambda: node.cloud.tls_files(),
    "autoscaling:RecordLifecycleActionHeartbeat": lambda: node.act("RecordLifecycleActionHeartbeat", {}),
    "autoscaling:CompleteLifecycleAction": lambda: node.act(
        "CompleteLifecycleAction", {"LifecycleActionResult": "CONTINUE"}
    ),
    "autoscaling:SetInstanceHealth": lambda: replaced(node),
}
results = {}
for action, call in calls.items():
    try:
        call()
        results[action] = "ok"
    except agent.Failure as failure:
        results[action] = str(failure)
json.dump(results, sys.stdout)
