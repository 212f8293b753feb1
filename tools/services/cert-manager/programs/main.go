// Command cert-manager-route53 writes and removes proofs by DNS with cert-manager's own code, as its controller calls
// it: the object of an issuer, what to do and the token of a service account come as JSON on standard input.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	cmapi "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/cert-manager/cert-manager/pkg/issuer/acme/dns/route53"
)

type request struct {
	Issuer cmapi.ClusterIssuer
	// The token that the controller would take of the service account which the issuer names.
	Token  string
	Domain string
	// The record's name, ended by a dot.
	FQDN   string
	Value  string
	Remove bool
}

func run(ctx context.Context) error {
	var wanted request
	decoder := json.NewDecoder(os.Stdin)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&wanted); err != nil {
		return err
	}
	of := wanted.Issuer.Spec.ACME.Solvers[0].DNS01.Route53
	token := ""
	if of.Auth != nil && of.Auth.Kubernetes != nil && of.Auth.Kubernetes.ServiceAccountRef != nil {
		token = wanted.Token
	}
	// Its controller lends its own rights to ClusterIssuers.
	ambient := wanted.Issuer.Kind == "ClusterIssuer"
	provider, err := route53.NewDNSProvider(ctx, "", "", of.HostedZoneID, of.Region, of.Role, token, ambient, nil, "test")
	if err != nil {
		return err
	}
	if wanted.Remove {
		return provider.CleanUp(ctx, wanted.Domain, wanted.FQDN, wanted.Value)
	}
	return provider.Present(ctx, wanted.Domain, wanted.FQDN, wanted.Value)
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
